"""image_file(): an image, or its ELF with symbols, as one file that a program can be given."""

load("//rules:unikernel_image.bzl", "UnikernelImageInfo")

def _image_files_impl(ctx):
    info = ctx.attr.image[UnikernelImageInfo]
    return [DefaultInfo(files = depset([info.elf if ctx.attr.symbols else info.image]))]

image_file = rule(
    implementation = _image_files_impl,
    doc = "One file of a unikernel_image.",
    attrs = {
        "image": attr.label(mandatory = True, providers = [UnikernelImageInfo], doc = "The image."),
        "symbols": attr.bool(doc = "Whether the ELF with symbols is meant, not the stripped image."),
    },
)
