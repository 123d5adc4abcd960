"""What every pytest run needs, before the tests import NumPy, Matplotlib or TensorFlow."""

import nbval.kernel
from jupyter_client.manager import KernelManager

from tools import runtime

runtime.set_environment()
_KERNEL_OPTIONS = runtime.kernel_options(runtime.make_private_folder())


def _private_kernel_manager(**options: object) -> KernelManager:
    return KernelManager(**options, **next(_KERNEL_OPTIONS))


# nbval has no option for it; without it two workers race for TCP ports.
nbval.kernel.KernelManager = _private_kernel_manager
