"""docs/hauptbuch.1 says what the program says: every verb and every option of its help, the exit statuses, and that proofs are not hiding; and it is well-formed."""
import os
import pathlib
import re
import shutil
import subprocess
import sys

PAGE = pathlib.Path(os.environ["HB_SOURCE_DIR"], "docs", "hauptbuch.1")
CLI = os.environ["HB_CLI"]
problems = []


def output(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        problems.append(f"{command}: exit status {done.returncode}\n{done.stderr}")
    return done.stdout


def sections(page):
    """The page's text of each verb: from its `.It Cm verb` to the next one of another verb."""
    found = {}
    verb = None
    for line in page.splitlines():
        if line.startswith(".It Cm "):
            verb = line.split()[2]
        elif line.startswith(".Sh "):
            verb = None
        if verb:
            found[verb] = found.get(verb, "") + line + "\n"
    return found


def options_of(text):
    """--name and -x as help texts write them."""
    text = re.sub(r"`[^`]*`", "", text)  # other commands
    return set(re.findall(r"(?<![\w.-])--?[a-z][a-z-]*", text))


def options_in(mdoc):
    """The same of mdoc source: `Fl -name` is --name. Words that follow in one macro line are options up to the next macro."""
    found = set()
    for line in mdoc.splitlines():
        if line.startswith("."):
            for words in re.findall(r"\bFl ((?:-?[a-z][a-z-]*(?: , )?)+)", line):
                found |= {"-" + word.strip() for word in words.split(",") if word.strip()}
    return found


def main():
    page = PAGE.read_text()
    verbs = re.findall(r"^  ([a-z]+) ", output(CLI, "--help"), re.M)
    if len(verbs) < 10:
        problems.append(f"the help lists only {verbs}")
    described = sections(page)
    for verb in sorted(set(verbs) ^ set(described)):
        problems.append(f"{verb}: " + ("in the help, not in the page" if verb in verbs else "in the page, not in the help"))
    for verb in verbs:
        wanted = options_of(output(CLI, verb, "--help")) - {"--help", "-h"}
        for option in sorted(wanted - options_in(described.get(verb, ""))):
            problems.append(f"{verb}: the page lacks {option}")
        for option in sorted(options_in(described.get(verb, "")) - wanted):
            problems.append(f"{verb}: the page has {option}, the help has not")
    for text in ("succinct, not hiding", ".It 0\n", ".It 1\n", ".It 2\n", ".It 3\n", "124", "125", "134"):
        if text not in page:
            problems.append(f"the page lacks {text!r}")
    if shutil.which("mandoc"):
        lint = subprocess.run(["mandoc", "-T", "lint", PAGE], capture_output=True, text=True)
        if lint.stdout or lint.returncode:
            problems.append(lint.stdout)
    else:
        print("mandoc is not there (Debian: mandoc): the page's form was not checked")
    print(*problems, sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
