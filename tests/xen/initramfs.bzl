"""initramfs(): the files that a Linux kernel starts with."""

def _initramfs_impl(ctx):
    archive = ctx.actions.declare_file(ctx.label.name + ".cpio")
    arguments = ctx.actions.args()
    arguments.use_param_file("@%s", use_always = True)
    arguments.set_param_file_format("multiline")
    arguments.add(archive, format = "--output=%s")
    for target, path in ctx.attr.files.items():
        files = target.files.to_list()
        if path.endswith("/"):
            for file in files:
                arguments.add(file, format = path + file.basename + "=%s")
        elif len(files) == 1:
            arguments.add(files[0], format = path + "=%s")
        else:
            fail("%s: %s is %d files: end their path with a slash" % (ctx.label, target.label, len(files)))
    ctx.actions.run(
        executable = ctx.executable._pack,
        arguments = [arguments],
        inputs = ctx.files.files,
        outputs = [archive],
        mnemonic = "PackInitramfs",
        progress_message = "Packing the files of %{label}",
    )
    return [DefaultInfo(files = depset([archive]))]

initramfs = rule(
    implementation = _initramfs_impl,
    doc = "An archive of executable files, in the form that Linux unpacks into memory at its start.",
    attrs = {
        "files": attr.label_keyed_string_dict(
            allow_files = True,
            mandatory = True,
            doc = "File or files to path; a path that ends with a slash is a folder, in which each keeps its name.",
        ),
        "_pack": attr.label(default = "//tests/xen:pack_initramfs", executable = True, cfg = "exec"),
    },
)
