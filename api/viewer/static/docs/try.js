// Starts the interactive documentation. Nothing is asked of any other host.
const place = document.getElementById("try");
const dark = matchMedia("(prefers-color-scheme: dark)");
const paint = () => document.documentElement.classList.toggle("dark-mode", dark.matches);

dark.addEventListener("change", paint);
paint();
// Swagger UI fills a form's fields with texts made up from their patterns, and would send them:
// leave them empty, and leave empty ones out. It asks for these samples with `false` in place of a
// media type; what sends empty fields is a box beside each that starts ticked.
const emptyForms = () => ({
  wrapComponents: { ParameterIncludeEmpty: () => () => null },
  afterLoad() {
    const sample = this.fn.getSampleSchema;
    this.fn.getSampleSchema = (schema, mediaType, ...more) =>
      mediaType === false ? "" : sample(schema, mediaType, ...more);
  },
});

// Its own layout has a `main` within ours, and its links stand within buttons: people who hear the
// page get lost in both. Ours has the same parts in a plain box, and the buttons' text is text.
const heardWell = ({ React }) => {
  const element = React.createElement;
  const PlainLayout = ({ getComponent, specSelectors }) => {
    const part = (name, ...more) => element(getComponent(name, ...more));
    if (specSelectors.loadingStatus() !== "success") return part("errors", true);
    return element(
      "div",
      { className: "swagger-ui" },
      part("SvgAssets"),
      part("errors", true),
      element(
        "div",
        { className: "scheme-container" },
        element(
          "div",
          { className: "schemes wrapper" },
          element("div", { className: "schemes-server-container" }, part("ServersContainer", true)),
          part("AuthorizeBtnContainer", true),
        ),
      ),
      element("div", { className: "wrapper" }, part("operations", true)),
      element("div", { className: "wrapper" }, part("Models", true)),
    );
  };
  return {
    components: { PlainLayout },
    wrapComponents: {
      DeepLink: () => ({ text }) => element("span", null, text),
    },
  };
};

window.SwaggerUIBundle({
  domNode: place,
  url: place.dataset.document,
  layout: "PlainLayout",
  validatorUrl: null,
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  docExpansion: "list",
  plugins: [emptyForms, heardWell],
  onComplete: () => document.getElementById("servers")?.setAttribute("aria-label", "Server"),
  persistAuthorization: false,
  queryConfigEnabled: false,
  tryItOutEnabled: true,
});
