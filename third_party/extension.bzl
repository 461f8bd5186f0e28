"""The module extension that declares the repositories of repositories.bzl."""

load(":repositories.bzl", "repositories")

outside = module_extension(
    implementation = lambda _module_ctx: repositories(),
    doc = "Every outside repository.",
)
