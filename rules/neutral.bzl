"""neutral(): code that no backend changes, compiled once for each CPU instead of once for each platform.

The implementation is built for the CPU's neutral platform, with every facade at its default; the facades it needs are
named in `links`, so that the image's own choices are linked. The implementation depends on NAME.interface targets only
and stays private: reached both ways it would be linked twice.

neutral_objects() is the simpler one, for what nobody else depends on: only the library's own objects come from the
neutral platform, all it depends on is linked as the image has it. neutral_library() is a library of this kind.
"""

load("@rules_cc//cc:defs.bzl", "cc_library")
load(":facades.bzl", "FACADES")

_PLATFORM = "//command_line_option:platforms"
_MODE = "//command_line_option:compilation_mode"

# A guest's CPU; nothing for the host. Only guests share: a tool or a host test compiles the library as it is.
_GUEST_CPU = select({
    Label("//platforms:host"): "",
    Label("@platforms//cpu:aarch64"): "aarch64",
    "//conditions:default": "x86_64",
})

def _neutral_transition_impl(settings, attr):
    if attr.guest_cpu:
        chosen = FACADES | {_PLATFORM: [Label("//platforms:neutral_" + attr.guest_cpu)]}
    else:
        chosen = {setting: settings[setting] for setting in FACADES.keys() + [_PLATFORM]}
    mode = str(settings[_MODE])
    return chosen | {_MODE: "fastbuild" if mode == "dbg" and not attr.debuggable else mode}

_neutral_transition = transition(
    implementation = _neutral_transition_impl,
    inputs = FACADES.keys() + [_PLATFORM, _MODE],
    outputs = FACADES.keys() + [_PLATFORM, _MODE],
)

def _neutral_impl(ctx):
    library = ctx.attr.library[0]
    return [
        cc_common.merge_cc_infos(
            direct_cc_infos = [library[CcInfo]],
            cc_infos = [CcInfo(linking_context = link[CcInfo].linking_context) for link in ctx.attr.links],
        ),
        DefaultInfo(files = library[DefaultInfo].files),
    ]

_neutral = rule(
    implementation = _neutral_impl,
    doc = "A library compiled once per CPU, with the facades of the image that links it.",
    attrs = {
        "debuggable": attr.bool(
            default = True,
            doc = "Whether -c dbg compiles it for a debugger; if not, it stays as -c fastbuild has it, with line tables.",
        ),
        "guest_cpu": attr.string(mandatory = True, doc = "As _GUEST_CPU says."),
        "library": attr.label(mandatory = True, providers = [CcInfo], cfg = _neutral_transition, doc = "The implementation."),
        "links": attr.label_list(providers = [CcInfo], doc = "The facades and libraries it needs at link time."),
        "_allowlist_function_transition": attr.label(default = "@bazel_tools//tools/allowlists/function_transition_allowlist"),
    },
    provides = [CcInfo],
)

def neutral(name, library, links = [], **kwargs):
    """A library compiled once per CPU, with the facades of the image that links it.

    Args:
      name: the target.
      library: the implementation.
      links: the facades and libraries it needs at link time.
      **kwargs: debuggable, and what every rule takes.
    """
    _neutral(
        name = name,
        guest_cpu = _GUEST_CPU,
        library = library,
        links = links,
        **kwargs
    )

def _neutral_objects_impl(ctx):
    library = ctx.attr.objects[0]
    own = [i for i in library[CcInfo].linking_context.linker_inputs.to_list() if i.owner == library.label]
    return [
        CcInfo(linking_context = cc_common.merge_linking_contexts(linking_contexts = [
            cc_common.create_linking_context(linker_inputs = depset(own)),
        ] + [link[CcInfo].linking_context for link in ctx.attr.links])),
        DefaultInfo(files = library[DefaultInfo].files),
    ]

_neutral_objects = rule(
    implementation = _neutral_objects_impl,
    doc = "A library's own objects, compiled once per CPU, with the image's own version of all it depends on.",
    attrs = {
        "debuggable": attr.bool(default = True, doc = "As for neutral()."),
        "guest_cpu": attr.string(mandatory = True, doc = "As _GUEST_CPU says."),
        "links": attr.label_list(providers = [CcInfo], doc = "What the library has as deps."),
        "objects": attr.label(mandatory = True, providers = [CcInfo], cfg = _neutral_transition, doc = "The library."),
        "_allowlist_function_transition": attr.label(default = "@bazel_tools//tools/allowlists/function_transition_allowlist"),
    },
    provides = [CcInfo],
)

def neutral_objects(name, objects, links = [], **kwargs):
    """A library's own objects, compiled once per CPU, with the image's own version of all it depends on.

    Args:
      name: the target.
      objects: the library.
      links: what it has as deps.
      **kwargs: debuggable, and what every rule takes.
    """
    _neutral_objects(
        name = name,
        guest_cpu = _GUEST_CPU,
        links = links,
        objects = objects,
        **kwargs
    )

def neutral_library(name, deps, visibility = None, target_compatible_with = [], **kwargs):
    """A library without headers of its own, for guests, whose objects are compiled once per CPU.

    Args:
      name: the target.
      deps: what it uses.
      visibility: of the target.
      target_compatible_with: where it can be.
      **kwargs: for its cc_library.
    """
    cc_library(
        name = name + "_objects",
        tags = ["manual"],
        target_compatible_with = target_compatible_with,
        deps = deps,
        **kwargs
    )
    neutral_objects(
        name = name,
        links = deps,
        objects = ":" + name + "_objects",
        target_compatible_with = target_compatible_with,
        visibility = visibility,
    )
