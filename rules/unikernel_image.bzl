"""unikernel_image(): an application, its libraries and a machine's entry linked into one bootable image.

The steps, each of whose results is an output group: move everything to the image's platform and choices (a transition);
collect the init steps of the closure (`startup`, the start-up file that calls them); link by the machine's script (`elf`,
with symbols; `map`); check (no segment both writable and executable, nothing undefined, within the limits); strip (the
image, the default output; where the machine's loader wants a disk, `kernel`, and the disk with a boot loader is the image; `memory`,
where loaders may want the memory as it is); list what is in it (`sbom`); for Xen, describe the domain (`xl`).
"""

load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain", "use_cpp_toolchain")
load(":disk_image.bzl", "pack_disk_image")
load(":facades.bzl", "FACADES")
load(":init_step.bzl", "collect_init_steps", "label_words", "ordered_steps")
load(":machine.bzl", "FORMATS", "MachineInfo")
load(":xl_configuration.bzl", "write_xl_configuration")

UnikernelImageInfo = provider(
    doc = "A bootable image.",
    fields = {
        "backend": "the machine's name: kvm, linuxu, ...",
        "elf": "File: the image with its symbols",
        "image": "File: what the loader takes",
        "memory_mib": "int: the memory it is meant to run in",
    },
)

_PLATFORM = "//command_line_option:platforms"

def _image_transition(facades):
    defaults = {str(Label(flag)): str(Label(default)) for flag, default in facades.items()}

    def _impl(settings, attr):
        chosen = {str(Label(flag)): choice for flag, choice in attr.libs.items()}
        unknown = [flag for flag in chosen if flag not in defaults]
        if unknown:
            fail("%s: libs: %s is no facade's flag; the facades are %s" % (attr.name, ", ".join(unknown), ", ".join(facades)))
        result = {flag: chosen.get(flag, settings[flag]) for flag in defaults}
        result[_PLATFORM] = [attr.platform]
        return result

    return transition(
        implementation = _impl,
        inputs = defaults.keys(),
        outputs = defaults.keys() + [_PLATFORM],
    )

_BinaryInfo = provider(
    doc = "The parts of a cc_binary, before its own link.",
    fields = {"linking_context": "LinkingContext", "objects": "depset of File"},
)

def _binary_parts_impl(target, ctx):
    if ctx.rule.kind != "cc_binary":
        return []
    objects = [
        output
        for action in target.actions
        if action.mnemonic == "CppCompile"
        for output in action.outputs.to_list()
        if output.extension == "o" and not output.basename.endswith(".pic.o")
    ]
    options = []
    for option in ctx.rule.attr.linkopts:
        options += ctx.tokenize(ctx.expand_location(option, ctx.rule.attr.deps + ctx.rule.attr.additional_linker_inputs))
    own = cc_common.create_linking_context(linker_inputs = depset([cc_common.create_linker_input(
        owner = target.label,
        user_link_flags = options,
        additional_inputs = depset(ctx.rule.files.additional_linker_inputs),
    )]))
    return [_BinaryInfo(
        objects = depset(objects),
        linking_context = cc_common.merge_linking_contexts(
            linking_contexts = [own] + [d[CcInfo].linking_context for d in ctx.rule.attr.deps if CcInfo in d],
        ),
    )]

_binary_parts = aspect(implementation = _binary_parts_impl)

_STARTUP = """\
// What runs between the machine's entry and main() of {app}, in {image}.
// Written by unikernel_image; the order is that of the init_step targets' edges.
#include "libs/start/start.h"
#include "libs/thread_local_storage/thread_local_storage.h"

{declarations}int application_main(int argc, char** argv, char** environment) asm("main");

extern "C" [[noreturn]] void ashlar_start() {{
  ashlar::thread_local_storage::StartBootThread();
{calls}  ashlar::start::RunMain(&application_main);
}}
"""

def startup_text(app, image, steps):
    """The start-up file's text.

    Args:
      app: the application's label, in words.
      image: the image's label, in words.
      steps: list of InitStepInfo in the order they run.
    Returns:
      the file's text.
    """
    declarations = ""
    for step in steps:
        space, _, function = step.function.rpartition("::")
        declarations += "namespace %s { void %s(); }  // %s\n" % (space, function, step.label) if space else "void %s();  // %s\n" % (function, step.label)
    return _STARTUP.format(
        app = app,
        image = image,
        declarations = declarations + "\n" if declarations else "",
        calls = "".join(["  %s();\n" % step.function for step in steps]),
    )

def _check_linked_once(ctx, linking_context):
    seen = {}
    for linker_input in linking_context.linker_inputs.to_list():
        for library in linker_input.libraries:
            file = library.static_library or library.pic_static_library
            if not file:
                continue
            key = (str(linker_input.owner), file.basename)
            if seen.setdefault(key, file.path) != file.path:
                fail("%s: %s would be linked twice, from %s and %s: a library behind neutral() must be reached through it only" % (ctx.label, label_words(linker_input.owner), seen[key], file.path))

def _link(ctx, toolchain, features, machine):
    """Compiles the start-up file and links. Returns struct(elf, map, startup, linking_context)."""
    app = ctx.attr.app
    targets = [app] + ctx.attr.deps + [ctx.attr._machine]
    startup = ctx.actions.declare_file(ctx.label.name + ".startup.cc")
    ctx.actions.write(startup, startup_text(label_words(app.label), label_words(ctx.label), ordered_steps(targets, ctx.label)))
    _, objects = cc_common.compile(
        name = ctx.label.name,
        actions = ctx.actions,
        feature_configuration = features,
        cc_toolchain = toolchain,
        srcs = [startup],
        compilation_contexts = [ctx.attr._start[CcInfo].compilation_context],
    )
    contexts = [t[CcInfo].linking_context for t in ctx.attr.deps + ctx.attr.runtime + [ctx.attr._machine, ctx.attr._start, ctx.attr.rootfs]]
    if _BinaryInfo in app:
        objects = cc_common.merge_compilation_outputs(compilation_outputs = [
            objects,
            cc_common.create_compilation_outputs(objects = app[_BinaryInfo].objects),
        ])
        contexts = [app[_BinaryInfo].linking_context] + contexts
    elif CcInfo in app:
        contexts = [app[CcInfo].linking_context] + contexts
    else:
        fail("%s: app = %s is neither a cc_library nor a cc_binary" % (ctx.label, label_words(app.label)))
    merged = cc_common.merge_linking_contexts(linking_contexts = contexts)
    _check_linked_once(ctx, merged)

    map_file = ctx.actions.declare_file(ctx.label.name + ".map")
    flags = ["-Map=" + map_file.path]
    if machine.entry:
        flags += ["-e", machine.entry]
    if ctx.attr.stack_kib:
        flags.append("--defsym=ashlar_boot_stack_size=%d" % (ctx.attr.stack_kib * 1024))
    linked = cc_common.link(
        name = ctx.label.name + ".elf",
        actions = ctx.actions,
        feature_configuration = features,
        cc_toolchain = toolchain,
        compilation_outputs = objects,
        linking_contexts = contexts,
        user_link_flags = flags,
        additional_outputs = [map_file],
    )
    return struct(elf = linked.executable, map = map_file, startup = startup, linking_context = merged)

def _strip(ctx, toolchain, features, format, elf):
    suffix, options = FORMATS[format]
    image = ctx.actions.declare_file(ctx.label.name + suffix)
    arguments = ctx.actions.args()
    arguments.add_all(options)
    arguments.add_all([elf, image])
    ctx.actions.run(
        executable = cc_common.get_tool_for_action(feature_configuration = features, action_name = "objcopy_embed_data"),
        arguments = [arguments],
        inputs = depset([elf], transitive = [toolchain.all_files]),
        outputs = [image],
        mnemonic = "StripImage",
        progress_message = "Stripping %{label}",
    )
    return image

def _check(ctx, elf, image):
    report = ctx.actions.declare_file(ctx.label.name + ".checks")
    arguments = ctx.actions.args()
    arguments.add(elf, format = "--elf=%s")
    arguments.add(image, format = "--image=%s")
    arguments.add(ctx.attr.memory_mib, format = "--memory_mib=%s")
    # Without optimisation images are several times as large, and nobody ships them.
    max_bytes = 0 if ctx.var["COMPILATION_MODE"] == "dbg" else ctx.attr.max_bytes
    arguments.add(max_bytes, format = "--max_bytes=%s")
    arguments.add(label_words(ctx.label), format = "--label=%s")
    arguments.add(report, format = "--report=%s")
    ctx.actions.run(
        executable = ctx.executable._check,
        arguments = [arguments],
        inputs = [elf, image],
        outputs = [report],
        mnemonic = "CheckImage",
        progress_message = "Checking %{label}",
    )
    return report

def sbom_text(image, owners, main):
    """What is linked, as JSON: a label and the repository of each library.

    Args:
      image: the image's label.
      owners: list of the libraries' labels, each once or more often.
      main: the main repository's name, which its labels do not have.
    Returns:
      the file's text.
    """
    libraries = {label_words(owner): owner.workspace_name for owner in owners}
    return json.encode_indent({
        "image": label_words(image),
        "libraries": [{"label": label, "repository": libraries[label] or main} for label in sorted(libraries)],
    }) + "\n"

def _sbom(ctx, linking_context):
    owners = [linker_input.owner for linker_input in linking_context.linker_inputs.to_list()]

    # Where the main repository is a module, Bazel knows it as _main; an image of it has the module's name.
    main = ctx.attr.module if ctx.attr.module and not ctx.label.workspace_name else ctx.workspace_name
    sbom = ctx.actions.declare_file(ctx.label.name + ".sbom.json")
    ctx.actions.write(sbom, sbom_text(ctx.label, owners, main))
    return sbom

def _launcher(ctx, machine, image, elf):
    launcher = ctx.actions.declare_file(ctx.label.name + ".run")
    ctx.actions.expand_template(
        template = ctx.file._launcher,
        output = launcher,
        substitutions = {
            "@BACKEND@": machine.backend,
            "@CMDLINE@": "'%s'" % ctx.attr.cmdline.replace("'", "'\\''"),
            "@DEVICE_TREE@": machine.device_tree.short_path if machine.device_tree else "",
            "@ELF@": elf.short_path,
            "@HYPERVISOR@": machine.hypervisor.short_path if machine.hypervisor else "",
            "@IMAGE@": image.short_path,
            "@LABEL@": label_words(ctx.label),
            "@MEMORY_MIB@": str(ctx.attr.memory_mib),
            "@NETWORK@": "yes" if ctx.attr.network else "no",
            "@QEMU@": (machine.emulator or ctx.file._qemu_program).short_path,
            "@RUN@": ctx.executable._run.short_path,
            "@TEST@": "yes" if ctx.attr.is_test else "no",
            "@TEST_MACHINES@": " ".join(machine.test_machines) if ctx.attr.is_test else "",
            "@UEFI@": machine.boot_disk.uefi_firmware.short_path if machine.boot_disk else "",
            "@WORKSPACE@": ctx.workspace_name,
        },
        is_executable = True,
    )
    files = [image, elf]
    transitive = []
    if machine.emulator:
        files.append(machine.emulator)
        transitive.append(machine.emulator_files)
    elif machine.backend != "linuxu":
        transitive.append(ctx.attr._qemu[DefaultInfo].files)
    if machine.boot_disk:
        files.append(machine.boot_disk.uefi_firmware)
    if machine.hypervisor:
        files.append(machine.hypervisor)
    if machine.device_tree:
        files.append(machine.device_tree)
    runfiles = ctx.runfiles(files, transitive_files = depset(transitive = transitive))
    return launcher, runfiles.merge(ctx.attr._run[DefaultInfo].default_runfiles)

def _check_sizes(ctx):
    for name in ["max_bytes", "stack_kib"]:
        size = getattr(ctx.attr, name)
        if size < 0:
            fail("%s: %s = %d: leave it out, or give a size" % (ctx.label, name, size))
    if ctx.attr.memory_mib <= 0:
        fail("%s: memory_mib = %d: give the machine at least 1" % (ctx.label, ctx.attr.memory_mib))
    if ctx.attr.stack_kib % 4:
        fail("%s: stack_kib = %d: give whole pages, a multiple of 4" % (ctx.label, ctx.attr.stack_kib))

def _check_cmdline(ctx):
    if "\n" in ctx.attr.cmdline:
        fail("%s: cmdline has a line break, which boot loaders and toolstacks take for its end: put a blank there" % ctx.label)

def _unikernel_image_impl(ctx):
    _check_sizes(ctx)
    _check_cmdline(ctx)
    machine = ctx.attr._machine[MachineInfo]
    toolchain = find_cpp_toolchain(ctx)
    features = cc_common.configure_features(
        ctx = ctx,
        cc_toolchain = toolchain,
        requested_features = ctx.features,
        unsupported_features = ctx.disabled_features + ["layering_check"],
    )
    link = _link(ctx, toolchain, features, machine)
    kernels = {format: _strip(ctx, toolchain, features, format, link.elf) for format in machine.formats}
    kernel = kernels[machine.formats[0]]
    image = pack_disk_image(ctx, machine.boot_disk, kernel, ctx.attr.cmdline) if machine.boot_disk else kernel
    launcher, runfiles = _launcher(ctx, machine, image, link.elf)
    return [
        DefaultInfo(executable = launcher, files = depset([image]), runfiles = runfiles),
        UnikernelImageInfo(
            backend = machine.backend,
            elf = link.elf,
            image = image,
            memory_mib = ctx.attr.memory_mib,
        ),
        OutputGroupInfo(
            elf = depset([link.elf]),
            kernel = depset([kernel]),
            map = depset([link.map]),
            memory = depset([kernels["memory"]] if "memory" in kernels else []),
            sbom = depset([_sbom(ctx, link.linking_context)]),
            startup = depset([link.startup]),
            xl = depset([write_xl_configuration(ctx, image)] if machine.hypervisor else []),
            _validation = depset([_check(ctx, link.elf, kernel)]),
        ),
    ]

_ATTRS = {
    "app": attr.label(
        mandatory = True,
        aspects = [collect_init_steps, _binary_parts],
        doc = "A cc_library or cc_binary whose closure has one main().",
    ),
    "cmdline": attr.string(doc = "The command line: parameters of libraries, \"--\", main()'s arguments."),
    "deps": attr.label_list(
        providers = [CcInfo],
        aspects = [collect_init_steps],
        doc = "Libraries the image adds to what the application depends on.",
    ),
    "is_test": attr.bool(doc = "Whether it is run for its exit status alone: quietly, and without a choice of accelerator."),
    "libs": attr.string_dict(doc = "The image's choices: a facade's flag to the library chosen."),
    "max_bytes": attr.int(doc = "The largest the stripped image may be, but with -c dbg; 0 for no limit."),
    "memory_mib": attr.int(default = 16, doc = "The machine's memory, MiB; the image must fit."),
    "module": attr.string(doc = "The name of the module whose package it is in, if that is one's."),
    "network": attr.bool(doc = "Whether `bazel run` gives it a network and forwards a port to it."),
    "platform": attr.string(mandatory = True, doc = "Label of the platform: //platforms:kvm_x86_64."),
    "rootfs": attr.label(
        providers = [CcInfo],
        default = "//libs/rootfs:no_files",
        doc = "The archive that //libs/rootfs finds. A dependency and no build setting, so that images with " +
              "different files share their libraries' objects.",
    ),
    "runtime": attr.label_list(
        providers = [CcInfo],
        default = ["//libs/libc:runtime", "//libs/posix"],
        doc = "The C and C++ runtime: archives, of which an image takes what it calls.",
    ),
    "stack_kib": attr.int(doc = "The boot thread's stack, KiB; 0 for the machine's default."),
    "_allowlist_function_transition": attr.label(default = "@bazel_tools//tools/allowlists/function_transition_allowlist"),
    "_cc_toolchain": attr.label(default = "@bazel_tools//tools/cpp:current_cc_toolchain"),
    "_check": attr.label(default = "//rules/tools:check_image", executable = True, cfg = "exec"),
    "_launcher": attr.label(default = "//rules:launch.sh.tpl", allow_single_file = True),
    "_machine": attr.label(default = "//platforms:machine", providers = [MachineInfo], aspects = [collect_init_steps]),
    "_qemu": attr.label(default = "@qemu//:files", cfg = "exec"),
    "_qemu_program": attr.label(default = "@qemu//:bin/qemu-system-x86_64", allow_single_file = True, cfg = "exec"),
    "_run": attr.label(default = "//tools/run", executable = True, cfg = "exec"),
    "_start": attr.label(default = "//libs/start", providers = [CcInfo]),
}

def image_rule(facades, test = False):
    """A rule for unikernel_image(rule = ...), which knows these facades; for a repository that has some of its own.

    Args:
      facades: dict of a facade's label_flag to its default label, in practice `FACADES | {...}`; labels of another repository
        whole, as str(Label("//mine:backend")) gives them there.
      test: whether the rule's targets are tests, for unikernel_image_test(rule = ...).
    Returns:
      a rule.
    """
    return rule(
        implementation = _unikernel_image_impl,
        doc = "A bootable image of an application.",
        attrs = _ATTRS,
        cfg = _image_transition(facades),
        executable = True,
        test = test,
        fragments = ["cpp"],
        toolchains = use_cpp_toolchain(),
    )

_unikernel_image = image_rule(FACADES)
_unikernel_image_test = image_rule(FACADES, test = True)

def image_fault(platform, libs):
    """What is wrong with attributes that decide an image's configuration, and so cannot depend on one.

    Args:
      platform: as unikernel_image takes it.
      libs: as unikernel_image takes it.
    Returns:
      the part of a sentence behind the image's name, or None.
    """
    if type(platform) not in ["string", "Label"] or not platform:
        return "platform = %r: give one platform's label, such as //platforms:kvm_x86_64" % platform
    if type(libs) != "dict":
        return "libs = %r: give a dict of facades' flags to libraries; for other choices make another image" % libs
    return None

def _absolute(label):
    return str(native.package_relative_label(label))

def _attributes(name, platform, libs, rootfs):
    fault = image_fault(platform, libs)
    if fault:
        fail("//%s:%s: %s" % (native.package_name(), name, fault))
    chosen = {_absolute(flag): _absolute(choice) for flag, choice in libs.items()}
    files = {"rootfs": rootfs} if rootfs else {}
    return {"libs": chosen, "module": native.module_name() or "", "platform": _absolute(platform)} | files

def unikernel_image(name, app, platform, libs = {}, rootfs = None, memory_mib = 16, rule = _unikernel_image, **kwargs):
    """A bootable image of `app`. `bazel run` boots it.

    Args:
      name: the target; by custom <backend>_image.
      app: a cc_library or cc_binary whose closure has one main().
      platform: the machine, a platform such as //platforms:kvm_x86_64.
      libs: the image's choices of facades, flag to library: {"//libs/heap:backend": "//libs/heap:bump"}.
      rootfs: a rootfs() target whose files the image carries.
      memory_mib: the machine's memory in MiB.
      rule: what image_rule() made, if `libs` names facades that are not in facades.bzl.
      **kwargs: cmdline, deps, network, max_bytes, stack_kib, and what every rule takes.
    """
    rule(
        name = name,
        app = app,
        memory_mib = memory_mib,
        **(_attributes(name, platform, libs, rootfs) | kwargs)
    )

def unikernel_image_test(name, app, platform, libs = {}, rootfs = None, memory_mib = 64, tags = [], rule = _unikernel_image_test, **kwargs):
    """The same as a test: it passes if the image exits with status 0. It has the tag `guest`.

    Args:
      name: the target.
      app: a cc_library or cc_binary whose closure has one main().
      platform: the machine.
      libs: the image's choices of facades.
      rootfs: a rootfs() target.
      memory_mib: the machine's memory in MiB.
      tags: of the test.
      rule: what image_rule(test = True) made, as for unikernel_image.
      **kwargs: as for unikernel_image, and what every test takes.
    """
    rule(
        name = name,
        app = app,
        is_test = True,
        memory_mib = memory_mib,
        tags = tags + ["guest"],
        **(_attributes(name, platform, libs, rootfs) | kwargs)
    )
