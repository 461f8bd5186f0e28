"""facade(): a library whose one implementation is chosen by the platform or by the image.

`facade(name = "console", hdrs = [...], backends = {"kvm": ":ns16550_com1", ...})` makes `console`, what users depend on, and
`console.interface`, the headers alone, what backends depend on. The choice is a label_flag, `backend`, whose default is the
platform's branch. docs/patterns.md shows a whole one.
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
            doc = "The chosen implementation: a label_flag.",
        ),
        "interface": attr.label(mandatory = True, providers = [CcInfo], doc = "The headers."),
    },
    provides = [CcInfo],
)

def facade(name, hdrs, backends, deps = [], visibility = None, **kwargs):
    """A library whose implementation is chosen elsewhere.

    An image chooses another one with unikernel_image(libs = {...}), which knows the flags in facades.bzl; for all images
    of a build, `--//libs/console:backend=LABEL` does. The flag is named `backend` in a package of the facade's name, and
    NAME_backend elsewhere; the platform's choice is `platform_` and that.

    Args:
      name: what users depend on; the headers alone are NAME.interface.
      hdrs: the interface.
      backends: each platform's implementation, by the backend's name in //platforms, or by the platform's ("kvm_aarch64")
        where a CPU other than x86-64 has its own. A platform that is not named has that of "default"; without one the
        facade, and what depends on it, is incompatible there.
      deps: what the headers include.
      visibility: of the facade; the interface is public, so that anyone may write a backend.
      **kwargs: passed to all targets (testonly, tags, ...).
    """
    flag = "backend" if native.package_name().endswith("/" + name) else name + "_backend"
    cc_library(
        name = name + ".interface",
        hdrs = hdrs,
        visibility = ["//visibility:public"],
        deps = deps,
        **kwargs
    )
    _facade(
        name = name,
        backend = ":" + flag,
        interface = ":" + name + ".interface",
        visibility = visibility,
        **kwargs
    )
    native.label_flag(
        name = flag,
        build_setting_default = ":platform_" + flag,
        visibility = ["//visibility:public"],
        **kwargs
    )
    branches = {
        Label("//platforms:" + backend.replace("_aarch64", "_on_aarch64")): library
        for backend, library in backends.items()
        if backend != "default"
    }
    native.alias(
        name = "platform_" + flag,
        actual = select(branches | {
            "//conditions:default": backends.get("default", Label("//platforms:no_backend")),
        }),
        **kwargs
    )
