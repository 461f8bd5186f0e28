"""One cc_toolchain configuration for hosts and guests: which tool does what, and in which words.

Bazel's legacy features are off, so that every flag on a command line is named here or in //toolchains:flags.bzl.
"""

load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "ACTION_NAMES")
load(
    "@bazel_tools//tools/cpp:cc_toolchain_config_lib.bzl",
    "action_config",
    "feature",
    "flag_group",
    "flag_set",
    "tool",
    "tool_path",
    "variable_with_value",
    "with_feature_set",
)

_C = [ACTION_NAMES.c_compile]
_CXX = [ACTION_NAMES.cpp_compile, ACTION_NAMES.cpp_header_parsing, ACTION_NAMES.linkstamp_compile]
_COMPILE = _C + _CXX
_ASSEMBLE = [ACTION_NAMES.assemble, ACTION_NAMES.preprocess_assemble]
_LINK = [
    ACTION_NAMES.cpp_link_executable,
    ACTION_NAMES.cpp_link_dynamic_library,
    ACTION_NAMES.cpp_link_nodeps_dynamic_library,
]
_ARCHIVE = [ACTION_NAMES.cpp_link_static_library]

def _flags(actions, flags, mode = None):
    return flag_set(
        actions = actions,
        flag_groups = [flag_group(flags = flags)] if flags else [],
        with_features = [with_feature_set(features = [mode])] if mode else [],
    )

def _each(variable, *words):
    """Repeats `words` for each value of a list variable, if it is there."""
    return flag_group(iterate_over = variable, expand_if_available = variable, flags = [w.replace("VALUE", "%{" + variable + "}") for w in words])

def _if(variable, *words):
    return flag_group(expand_if_available = variable, flags = [w.replace("VALUE", "%{" + variable + "}") for w in words])

def _kind(kind, flags, **kwargs):
    return flag_group(expand_if_equal = variable_with_value("libraries_to_link.type", kind), flags = flags, **kwargs)

def _link_inputs(prefix):
    """The objects and archives of a link; `prefix` takes an option through the compiler driver to the linker."""
    name = "%{libraries_to_link.name}"
    return flag_group(iterate_over = "libraries_to_link", expand_if_available = "libraries_to_link", flag_groups = [
        _kind("object_file_group", ["%{libraries_to_link.object_files}"], iterate_over = "libraries_to_link.object_files"),
        _kind("object_file", [name]),
        _kind("static_library", [prefix + "--whole-archive"], expand_if_true = "libraries_to_link.is_whole_archive"),
        _kind("static_library", [name]),
        _kind("static_library", [prefix + "--no-whole-archive"], expand_if_true = "libraries_to_link.is_whole_archive"),
    ])

# Every #include must be of a header that a direct dependency declares.
_LAYERING_CHECK = [
    feature(name = "module_maps", enabled = True),
    feature(name = "module_map_home_cwd", enabled = True),
    feature(name = "layering_check", flag_sets = [flag_set(actions = _CXX, flag_groups = [
        flag_group(flags = [
            "-fmodule-name=%{module_name}",
            "-fmodule-map-file=%{module_map_file}",
            "-Xclang",
            "-fmodule-map-file-home-is-cwd",
            "-fmodules-strict-decluse",
            "-Wprivate-header",
        ]),
        _each("dependent_module_map_files", "-fmodule-map-file=VALUE"),
    ])]),
]

def _impl(ctx):
    prefix = "" if ctx.attr.links_directly else "-Wl,"
    tools = {action: ctx.file._compiler for action in _COMPILE + _ASSEMBLE}
    tools.update({action: ctx.file.linker for action in _LINK})
    tools.update({action: ctx.file._archiver for action in _ARCHIVE})
    tools[ACTION_NAMES.strip] = ctx.file._strip
    tools[ACTION_NAMES.objcopy_embed_data] = ctx.file._objcopy

    compile_flags = [
        _flags(_COMPILE + _ASSEMBLE, ["-c"] + ctx.attr.target_flags),
        _flags(_COMPILE, ctx.attr.compile_flags),
        _flags(_C, ctx.attr.c_flags),
        _flags(_CXX, ctx.attr.cxx_flags),
    ] + [_flags(_COMPILE, flags, mode) for mode, flags in ctx.attr.modes.items()]
    include_flags = [
        _flags(_CXX, ["-nostdinc++"] + [w for path in ctx.attr.cxx_includes for w in ("-isystem", path)]),
        _flags(_COMPILE + _ASSEMBLE, ["-nostdlibinc"] + [w for path in ctx.attr.includes for w in ("-isystem", path)]),
    ]
    features = [feature(name = name) for name in ["no_legacy_features"] + ctx.attr.modes.keys()] + [
        feature(name = "target", enabled = True, flag_sets = compile_flags),
    ] + _LAYERING_CHECK + [
        # What can be asked for: flags of the compile, flags of the link.
        feature(name = name, flag_sets = [_flags(_COMPILE, flags), _flags(_LINK, flags if name in ctx.attr.linked else [])])
        for name, flags in ctx.attr.optional.items()
    ] + [
        # For what runs seldom: features = ["size"]. Whoever debugs wants no optimisation at all.
        feature(name = "size", flag_sets = [flag_set(
            actions = _COMPILE,
            flag_groups = [flag_group(flags = ctx.attr.size_flags)] if ctx.attr.size_flags else [],
            with_features = [with_feature_set(not_features = ["dbg"])],
        )]),
        feature(name = "static_host_program", enabled = bool(ctx.attr.static_link_flags), flag_sets = [_flags(_LINK, ctx.attr.static_link_flags)]),
        feature(name = "inputs", enabled = True, flag_sets = [
            flag_set(actions = _COMPILE + _ASSEMBLE, flag_groups = [
                _each("preprocessor_defines", "-DVALUE"),
                _each("includes", "-include", "VALUE"),
                _each("quote_include_paths", "-iquote", "VALUE"),
                _each("include_paths", "-IVALUE"),
                _each("system_include_paths", "-isystem", "VALUE"),
                _each("external_include_paths", "-isystem", "VALUE"),
                _each("user_compile_flags", "VALUE"),
            ]),
        ] + include_flags + [
            flag_set(actions = _COMPILE + _ASSEMBLE, flag_groups = [
                _if("dependency_file", "-MD", "-MF", "VALUE"),
                _if("output_file", "-o", "VALUE"),
                _if("source_file", "VALUE"),
            ]),
            flag_set(actions = _ARCHIVE, flag_groups = [
                flag_group(flags = ["rcsD", "%{output_execpath}"]),
                _link_inputs(""),
                _if("linker_param_file", "@VALUE"),
            ]),
            _flags(_LINK[1:], ["-shared"]),
            flag_set(actions = _LINK, flag_groups = [
                flag_group(flags = ctx.attr.link_flags),
                _if("output_execpath", "-o", "VALUE"),
                _each("library_search_directories", "-LVALUE"),
                flag_group(flags = [prefix + "--start-group"]),
                _link_inputs(prefix),
                flag_group(flags = [prefix + "--end-group"]),
                _each("user_link_flags", "VALUE"),
                _if("strip_debug_symbols", prefix + "--strip-debug"),
                _if("linker_param_file", "@VALUE"),
            ] + ([flag_group(flags = ctx.attr.link_libraries)] if ctx.attr.link_libraries else [])),
        ]),
    ]
    return cc_common.create_cc_toolchain_config_info(
        ctx = ctx,
        features = features,
        action_configs = [action_config(action_name = action, enabled = True, tools = [tool(tool = file)]) for action, file in tools.items()],
        # What `bazel coverage` asks for; the first by the name of what LLVM has instead.
        tool_paths = [
            tool_path(name = "gcov", path = "coverage/llvm-profdata"),
            tool_path(name = "llvm-cov", path = "coverage/llvm-cov"),
        ],
        toolchain_identifier = ctx.label.name,
        target_cpu = ctx.attr.cpu,
        target_system_name = ctx.attr.libc,
        target_libc = ctx.attr.libc,
        compiler = "clang",
        # What Bazel need not find among the inputs one by one, since the toolchain has it as a folder.
        cxx_builtin_include_directories = ["%workspace%/" + folder for folder in ctx.attr.header_folders],
    )

cc_toolchain_config = rule(
    implementation = _impl,
    doc = "Tools, flags and include directories of one cc_toolchain.",
    attrs = {
        "c_flags": attr.string_list(doc = "Flags of C compiles."),
        "compile_flags": attr.string_list(doc = "Flags of C and C++ compiles."),
        "cpu": attr.string(default = "k8", doc = "The CPU, as Bazel calls it."),
        "cxx_flags": attr.string_list(doc = "Flags of C++ compiles."),
        "cxx_includes": attr.string_list(doc = "System include directories of C++ compiles, searched first."),
        "header_folders": attr.string_list(doc = "Folders of headers that are inputs as a whole."),
        "includes": attr.string_list(doc = "System include directories."),
        "libc": attr.string(mandatory = True, doc = "The C library's name."),
        "link_flags": attr.string_list(doc = "Flags at the start of a link."),
        "link_libraries": attr.string_list(doc = "Libraries at the end of a link."),
        "linked": attr.string_list(doc = "The optional features whose flags the link gets, too."),
        "linker": attr.label(allow_single_file = True, mandatory = True, cfg = "exec", doc = "clang as a driver, or link_guest."),
        "links_directly": attr.bool(doc = "Whether the linker takes its own options, without -Wl,."),
        "modes": attr.string_list_dict(doc = "Compilation mode to its flags."),
        "optional": attr.string_list_dict(doc = "Features that are off unless asked for, and their flags."),
        "size_flags": attr.string_list(doc = "Flags of compiles with the feature size, but for -c dbg."),
        "static_link_flags": attr.string_list(doc = "Flags of links while the feature static_host_program is on."),
        "target_flags": attr.string_list(doc = "Flags of all compiles and assemblies."),
        "_archiver": attr.label(allow_single_file = True, default = "@llvm//:bin/llvm-ar"),
        "_compiler": attr.label(allow_single_file = True, default = "@llvm//:bin/clang"),
        "_objcopy": attr.label(allow_single_file = True, default = "@llvm//:bin/llvm-objcopy"),
        "_strip": attr.label(allow_single_file = True, default = "@llvm//:bin/llvm-strip"),
    },
    provides = [CcToolchainConfigInfo],
)

def _module_map_impl(ctx):
    out = ctx.actions.declare_file(ctx.label.name + ".modulemap")
    arguments = ctx.actions.args()
    arguments.add(out)
    arguments.add_all(sorted(ctx.files.headers, key = lambda file: file.path), expand_directories = False)
    ctx.actions.run(
        executable = ctx.file._write,
        arguments = [arguments],
        inputs = ctx.files.headers,
        outputs = [out],
        mnemonic = "ModuleMap",
        progress_message = "Listing the headers of %{label}",
    )
    return [DefaultInfo(files = depset([out]))]

module_map = rule(
    implementation = _module_map_impl,
    doc = "The module map of a toolchain's own headers: what every target may include without a dependency.",
    attrs = {
        "headers": attr.label_list(mandatory = True, allow_files = True, doc = "Headers, and folders of them."),
        "_write": attr.label(allow_single_file = True, default = "//toolchains/llvm:module_map.sh"),
    },
)
