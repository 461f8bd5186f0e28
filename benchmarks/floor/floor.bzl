"""bare_guest(): assembly linked as it stands, without Ashlar: what images are compared with."""

load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain", "use_cpp_toolchain")

_PLATFORM = "//command_line_option:platforms"

_to_kvm = transition(
    implementation = lambda _settings, _attr: {_PLATFORM: [Label("//platforms:kvm_x86_64")]},
    inputs = [],
    outputs = [_PLATFORM],
)

def _bare_guest_impl(ctx):
    toolchain = find_cpp_toolchain(ctx)
    features = cc_common.configure_features(ctx = ctx, cc_toolchain = toolchain, unsupported_features = ["layering_check"])
    _, objects = cc_common.compile(
        name = ctx.label.name,
        actions = ctx.actions,
        feature_configuration = features,
        cc_toolchain = toolchain,
        srcs = ctx.files.srcs,
    )
    linked = cc_common.link(
        name = ctx.label.name + ".elf",
        actions = ctx.actions,
        feature_configuration = features,
        cc_toolchain = toolchain,
        compilation_outputs = objects,
        user_link_flags = ["-T", ctx.file.linker_script.path, "-z", "max-page-size=16"],
        additional_inputs = [ctx.file.linker_script],
    )
    return [DefaultInfo(files = depset([linked.executable]))]

bare_guest = rule(
    implementation = _bare_guest_impl,
    doc = "An ELF for a VMM's loader from assembly sources and a linker script alone.",
    attrs = {
        "linker_script": attr.label(allow_single_file = [".ld"], mandatory = True, doc = "Where things lie."),
        "srcs": attr.label_list(allow_files = [".S"], mandatory = True, doc = "Assembly."),
        "_allowlist_function_transition": attr.label(default = "@bazel_tools//tools/allowlists/function_transition_allowlist"),
        "_cc_toolchain": attr.label(default = "@bazel_tools//tools/cpp:current_cc_toolchain"),
    },
    cfg = _to_kvm,
    fragments = ["cpp"],
    toolchains = use_cpp_toolchain(),
)
