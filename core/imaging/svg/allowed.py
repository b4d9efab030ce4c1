"""What may stand in a picture: SVG 1.1 and 2, what draws and nothing else.

Names as the specifications spell them (https://www.w3.org/TR/SVG2/eltindex.html,
https://www.w3.org/TR/SVG2/attindex.html, https://www.w3.org/TR/filter-effects-1/). Left out on
purpose: `script`, `foreignObject`, `view`, `tref`, `cursor`, SVG fonts, `metadata`, HTML's media
elements, events, `xml:base`, `target`, `ping`, `crossorigin`.
"""

from __future__ import annotations


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


TEXT_ELEMENTS = _names("text tspan textPath")
"""Their character data is drawn."""
TOLD_ELEMENTS = _names("title desc")
"""Their character data is read out; elements inside are dropped."""
ANIMATIONS = _names("animate animateMotion animateTransform set")
FILTER_PRIMITIVES = _names("""
    feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting
    feDisplacementMap feDropShadow feFlood feGaussianBlur feImage feMerge feMorphology feOffset
    feSpecularLighting feTile feTurbulence
    """)
ELEMENTS = (
    TEXT_ELEMENTS
    | TOLD_ELEMENTS
    | ANIMATIONS
    | FILTER_PRIMITIVES
    | _names("""
        svg g defs symbol use switch a style image
        path rect circle ellipse line polyline polygon
        linearGradient radialGradient stop pattern marker clipPath mask filter
        feDistantLight feFuncA feFuncB feFuncG feFuncR feMergeNode fePointLight feSpotLight
        mpath
        """)
)

PRESENTATION = _names("""
    alignment-baseline baseline-shift clip clip-path clip-rule color color-interpolation
    color-interpolation-filters color-rendering cursor direction display dominant-baseline
    enable-background fill fill-opacity fill-rule filter flood-color flood-opacity font
    font-family font-feature-settings font-kerning font-size font-size-adjust font-stretch
    font-style font-variant font-variation-settings font-weight glyph-orientation-horizontal
    glyph-orientation-vertical image-rendering inline-size isolation kerning letter-spacing
    lighting-color line-height marker marker-end marker-mid marker-start mask mask-type
    mix-blend-mode opacity overflow paint-order pointer-events shape-inside shape-margin
    shape-rendering stop-color stop-opacity stroke stroke-dasharray stroke-dashoffset
    stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-width text-align
    text-anchor text-decoration text-overflow text-rendering transform transform-box
    transform-origin unicode-bidi vector-effect visibility white-space word-spacing writing-mode
    """)
GEOMETRY = _names("""
    amplitude azimuth baseFrequency bias cx cy d diffuseConstant divisor dx dy edgeMode elevation
    exponent fr fx fy gradientTransform gradientUnits height in in2 intercept k1 k2 k3 k4
    kernelMatrix kernelUnitLength lengthAdjust limitingConeAngle markerHeight markerUnits
    markerWidth clipPathUnits filterUnits filterRes maskContentUnits maskUnits method mode
    numOctaves offset operator order orient pathLength patternContentUnits patternTransform
    patternUnits points pointsAtX pointsAtY pointsAtZ preserveAlpha preserveAspectRatio
    primitiveUnits r radius refX refY result rotate rx ry scale seed side slope spacing
    specularConstant specularExponent spreadMethod startOffset stdDeviation stitchTiles
    surfaceScale tableValues targetX targetY textLength type values viewBox width x x1 x2
    xChannelSelector y y1 y2 yChannelSelector z
    """)
TIMING = _names("""
    accumulate additive attributeName attributeType begin by calcMode dur end fill from keyPoints
    keySplines keyTimes max min origin path repeatCount repeatDur restart to
    """)
PLAIN = _names("""
    baseProfile class id lang media requiredExtensions requiredFeatures role systemLanguage
    tabindex version zoomAndPan xml:lang xml:space
    """)
"""Never read as CSS or as an address: kept to the letter."""
PLAIN_PREFIXES = ("aria-", "data-")
REFERENCES = ("href", "xlink:href")
STYLE = "style"
ANIMATED = PRESENTATION | GEOMETRY
"""What an animation may change: no reference, no style, no id."""

AT_RULES = _names("media supports keyframes -webkit-keyframes layer container property")
"""Those that neither load anything nor name what does: no import, font-face, namespace."""
FUNCTIONS = _names("""
    rgb rgba hsl hsla hwb lab lch oklab oklch color color-mix light-dark device-cmyk
    var calc min max clamp abs sign round mod rem sin cos tan asin acos atan atan2 pow sqrt hypot
    log exp
    matrix matrix3d translate translatex translatey translatez translate3d scale scalex scaley
    scalez scale3d rotate rotatex rotatey rotatez rotate3d skew skewx skewy perspective
    blur brightness contrast drop-shadow grayscale hue-rotate invert opacity saturate sepia
    linear-gradient radial-gradient conic-gradient repeating-linear-gradient
    repeating-radial-gradient repeating-conic-gradient
    circle ellipse polygon inset rect xywh path
    cubic-bezier steps linear
    not is where matches lang dir nth-child nth-last-child nth-of-type nth-last-of-type
    and or selector
    """)
"""Lower case. Not here: whatever may load (`url` is judged by itself; `src`, `image`,
`image-set`, `cross-fade`, `element`, `paint`) or run (`expression`), and `has`, which is slow."""
