"""``turnstile`` in a process of its own."""

import subprocess
import sys


def shell(code: str, *words: str, **kwargs) -> subprocess.Popen:
    """A process of its own that runs ``code`` and then ``turnstile WORDS``.

    It hears Ctrl-C even where the tests run in the background of a script, whose children ignore it.
    """
    heard = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    program = f"{heard}; import sys; from scenarios.cli import main; {code}; sys.exit(main())"
    arguments = [sys.executable, "-c", program, *words]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **kwargs)
