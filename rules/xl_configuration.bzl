"""The configuration of a Xen domain, as `xl create` reads it."""

_TEXT = """\
# {label} as a domain: written by unikernel_image. `xl create` it in the image's folder.
name = "{name}"
type = "pvh"  # or "pv": the image is both
kernel = "{image}"
memory = {memory_mib}
vcpus = 1
cmdline = {cmdline}
on_reboot = "restart"
on_crash = "destroy"
"""

def xl_configuration(label, image, memory_mib, cmdline):
    """The configuration's text.

    Args:
      label: the image's Label.
      image: the file's name.
      memory_mib: the domain's memory.
      cmdline: the image's words.
    Returns:
      the file's text.
    """
    quote = "'" if "\"" in cmdline else "\""
    if quote in cmdline:
        fail("//%s:%s: cmdline has quotes of both kinds, which xl cannot read: use one kind" % (label.package, label.name))
    return _TEXT.format(
        label = "//%s:%s" % (label.package, label.name),
        name = "-".join([part for part in (label.package + "/" + label.name).split("/") if part]),
        image = image,
        memory_mib = memory_mib,
        cmdline = quote + cmdline + quote,
    )

def write_xl_configuration(ctx, image):
    """Declares and writes the configuration of a unikernel_image.

    Args:
      ctx: of the image's rule.
      image: File: what boots.
    Returns:
      File.
    """
    file = ctx.actions.declare_file(ctx.label.name + ".cfg")
    ctx.actions.write(file, xl_configuration(ctx.label, image.basename, ctx.attr.memory_mib, ctx.attr.cmdline))
    return file
