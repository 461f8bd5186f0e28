"""The configuration of a Xen domain, as `xl create` reads it."""

load(":init_step.bzl", "label_words")

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
{devices}"""

_NETWORK = """\
vif = [""]  # on the default bridge
"""

# As xl reads a string [Xen tools/libs/util/libxlu_cfg_l.l, xlu__cfgl_dequote()].
def _quoted(text):
    return "\"%s\"" % text.replace("\\", "\\\\").replace("\"", "\\\"")

def xl_configuration(label, image, memory_mib, cmdline, network):
    """The configuration's text.

    Args:
      label: the image's Label.
      image: the file's name.
      memory_mib: the domain's memory.
      cmdline: the image's words.
      network: whether the domain has a network device.
    Returns:
      the file's text.
    """
    return _TEXT.format(
        label = label_words(label),
        name = "-".join([part for part in (label.package + "/" + label.name).split("/") if part]),
        image = image,
        memory_mib = memory_mib,
        cmdline = _quoted(cmdline),
        devices = _NETWORK if network else "",
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
    ctx.actions.write(file, xl_configuration(ctx.label, image.basename, ctx.attr.memory_mib, ctx.attr.cmdline, ctx.attr.network))
    return file
