"""facade(): a library whose one implementation is chosen by the platform or by the image.

`facade(name = "console", hdrs = [...], backend = ":backend")` makes two targets: `console`, what users depend on, and
`console.interface`, the headers alone, what backends depend on. docs/patterns.md shows a whole one.
"""

load("@rules_cc//cc:defs.bzl", "cc_library")

_DependenciesInfo = provider(
    doc = "The direct dependencies of a facade's backend.",
    fields = {"labels": "list of Label"},
)

def _dependencies_impl(_target, ctx):
    return [_DependenciesInfo(labels = [
        dependency.label
        for attribute in ["deps", "links", "implementation_deps"]
        for dependency in getattr(ctx.rule.attr, attribute, [])
    ])]

# Sees through label_flag, alias and select() to the library that was chosen.
_dependencies = aspect(implementation = _dependencies_impl)

def _facade_impl(ctx):
    interface = ctx.attr.interface
    backend = ctx.attr.backend
    if backend.label == Label("//platforms:no_backend"):
        return [interface[CcInfo], interface[DefaultInfo]]  # compiled for the neutral platform, which links nothing
    if interface.label not in backend[_DependenciesInfo].labels:
        fail("%s: %s is no backend of it: a backend has %s among its deps" % (ctx.label, backend.label, interface.label))
    link = cc_common.merge_cc_infos(cc_infos = [interface[CcInfo], backend[CcInfo]])
    return [
        CcInfo(
            compilation_context = interface[CcInfo].compilation_context,
            linking_context = link.linking_context,
        ),
        DefaultInfo(files = backend[DefaultInfo].files),
    ]

_facade = rule(
    implementation = _facade_impl,
    doc = "Forwards the interface's headers, links the interface and the backend.",
    attrs = {
        "backend": attr.label(
            mandatory = True,
            providers = [CcInfo],
            aspects = [_dependencies],
            doc = "The chosen implementation, in practice a label_flag.",
        ),
        "interface": attr.label(mandatory = True, providers = [CcInfo], doc = "The headers."),
    },
    provides = [CcInfo],
)

def facade(name, hdrs, backend, deps = [], visibility = None, **kwargs):
    """A library whose implementation is chosen elsewhere.

    Args:
      name: what users depend on; the headers alone are NAME.interface.
      hdrs: the interface.
      backend: the label_flag that holds the choice.
      deps: what the headers include.
      visibility: of the facade; the interface is public, so that anyone may write a backend.
      **kwargs: passed to both targets (testonly, tags, ...).
    """
    cc_library(
        name = name + ".interface",
        hdrs = hdrs,
        visibility = ["//visibility:public"],
        deps = deps,
        **kwargs
    )
    _facade(
        name = name,
        backend = backend,
        interface = ":" + name + ".interface",
        visibility = visibility,
        **kwargs
    )
