"""What check scripts share: where things lie, counting, the closing line that tools/run_tests.sh adds up."""
import os
import sys
import warnings
from pathlib import Path

root = Path(os.environ.get("TOMO_SOURCE", Path(__file__).resolve().parents[1]))
tomo = os.environ.get("TOMO", str(root / "build/tomo"))
data = Path(os.environ.get("TOMO_TEST_DATA", root / "../shared/data"))
passed = failed = skipped = 0
warnings.simplefilter("ignore")  # pydicom's, of files that are odd on purpose


def check(good, what):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    if not good:
        print("FAILED", what)


def skip(what):
    global skipped
    skipped += 1
    print("skipped:", what)


def done():
    """Ends the script."""
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(bool(failed))


def need_data():
    """Ends it as skipped where the test data are not."""
    if not data.is_dir():
        skip("no test data")
        done()
