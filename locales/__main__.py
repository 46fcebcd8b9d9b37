"""`python -m locales update | missing LANG | fill LANG < filled.json`: what translators and `make messages` run."""

import json
import sys

from handlers.words import SOURCE, languages
from locales import catalogues


def main(arguments: list[str]) -> int:
    """Run one command; returns 1 where `fill` refused something and 2 for a command that does not exist."""
    match arguments:
        case ["update"]:
            for lang in languages():
                if lang != SOURCE:
                    came, went = catalogues.update(lang)
                    print(f"{lang}: {came} new, {went} gone, {len(catalogues.missing(lang))} without translation")
            return 0
        case ["missing", lang]:
            print(json.dumps(catalogues.missing(lang), ensure_ascii=False, indent=1))
            return 0
        case ["fill", lang]:
            refused = catalogues.fill(lang, json.load(sys.stdin))
            print("\n".join(refused), file=sys.stderr)
            return 1 if refused else 0
        case _:
            print(__doc__, file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
