SwaggerUIBundle({
  url: "/api-docs/openapi.json",
  dom_id: "#documentation",
  deepLinking: true,
  docExpansion: "list",
  filter: true,
  // The validator would send the document to another site.
  validatorUrl: null,
});
