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

window.SwaggerUIBundle({
  domNode: place,
  url: place.dataset.document,
  validatorUrl: null,
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  docExpansion: "list",
  plugins: [emptyForms],
  persistAuthorization: false,
  queryConfigEnabled: false,
  tryItOutEnabled: true,
});
