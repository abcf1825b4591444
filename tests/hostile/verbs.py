"""What every verb of the program is given by check_verbs.py. A case is a kind of file to damage and a function of the
kit (whole files to go with it) and a random.Random that gives the words behind the verb. In them D is the damaged file,
OUT a file that the run may write, OUTDIR a folder. Operations make their own cases from their rows (of_operation)."""

D, OUT, OUTDIR = "\0D", "\0OUT", "\0OUTDIR"
OBJECTS = ("seg", "rt", "pr", "sr", "wave", "document", "other")
WORDS = ("rle implicit explicit explicit-be deflated encapsulated deflated-frame jpegll jpegll-sv1 jpegls jpegls-near "
         "j2k-lossless htj2k-lossless htj2k-rpcl htj2k j2k jpeg jpeg12").split()


def to_syntax(r):
    """A transfer syntax, perhaps with the number that its codec takes."""
    word = r.choice(WORDS)
    numbers = {"jpegls-near": ["--near", "2"], "jpegll": ["--predictor", "4"], "j2k": ["--ratio", "8"], "htj2k": ["--ratio", "8"],
               "jpeg": ["--quality", "50"], "jpeg12": ["--quality", "50"]}
    return ["--to", word] + (numbers[word] if word in numbers and r.random() < 0.5 else [])


class Case:
    """`codes`: exit codes beside 0, 3 and 5: a verdict (1) comes without a line of error; 2 where arguments may not go
    together (a frame that the file has not, values that the object can't hold). `partly`: a folder is written
    for what could be done, each file that could not has a line. `slow`: run only one time in so many."""

    def __init__(self, kind, words, out=None, codes=(), partly=False, slow=1, text=True, folder=False):
        self.kind, self.words, self.out, self.codes = kind, words, out, codes
        self.partly, self.slow, self.text, self.folder = partly, slow, text, folder
        self.verb = None


def some(r, *choices):
    """One of the lists of words, none of them half of the time."""
    return list(r.choice(choices)) if r.random() < 0.5 else []


def either(r, *choices):
    return list(r.choice(choices))


READ = (["--force"], ["--stop-before-pixels"], ["--tags", "PatientName,PixelData,00081140"])
WRITE = (["--force"], ["--syntax", "implicit"], ["--syntax", "explicit"], ["--syntax", "big"], ["--syntax", "deflated"],
         ["--charset", "ISO_IR 192"], ["--charset", "ISO_IR 100"], ["--lengths", "explicit"], ["--lengths", "undefined"],
         ["--group-lengths"], ["--keep-preamble"], ["--promote-un"])
JSON = READ + (["--inline", "0"], ["--inline", "1000000", "--meta"], ["--bulk", OUTDIR], ["--bulk", OUTDIR, "--inline", "0"])
SHOWN = (["--voi", "range"], ["--voi", "lut:0"], ["--voi", "full"], ["--window", "40,400"], ["--bits", "16"], ["--invert"],
         ["--function", "sigmoid"], ["--function", "linear-exact"], ["--frame", "0"], ["--dark-padding"], ["--no-overlays"])
STORED = (["--real"], ["--mapping", "1"], ["--overlay", "0"], ["--frame", "1"], ["--stored"], ["--real", "--padding-nan"],
          ["--display"], ["--force"])
EDITS = (["PatientName=Doe^Jane"], ["PixelData=1\\2"], ["ReferencedSeriesSequence[0].SeriesInstanceUID=1.2"],
         ["Rows=7", "Columns=9"], ["(0029,\"MY COMPANY\",01):DS=1.5"], ["SpecificCharacterSet=ISO_IR 192"],
         ["TransferSyntaxUID=1.2.840.10008.1.2"], ["ContentSequence[0].TextValue=x"])
PATHS = (["PatientName"], ["PixelData"], ["ReferencedSeriesSequence[0]"], ["Rows", "Columns"], ["00020010"],
         ["SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0].PixelSpacing"], ["SpecificCharacterSet"],
         ["ContentSequence"], ["(0029,\"SIEMENS CSA HEADER\",10)"])
DEID = (["--shift-dates"], ["--clean", "descriptors,structured,graphics"], ["--retain", "safe-private,uids,device,patient"],
        ["--retain", "dates,institution"], ["--pixels", "all"], ["--pixels", "keep"], ["--blank", "1,1,9,9;0,0,2,2"])


def cases():
    """Verb (as its words) to its cases."""
    d = "dicom"

    def json(r):
        return some(r, ["--json"])

    seg_as = ("seg", "labelmap")
    return {
        "info": [Case(kind, lambda k, r: [D, *json(r)]) for kind in (d, "volume", "mesh", "dicomdir")]
        + [Case("series", lambda k, r: [D, *json(r)], folder=True)],
        "convert": [
            Case(d, lambda k, r: [D, OUT, *some(r, ["--frame", "0"], ["--window", "40,400"], ["--gradients"])],
                 out=("o.nii", "o.nii.gz", "o.png"), codes=(2,)),
            Case("volume", lambda k, r: [D, OUT], out=("o.nii", "o.nii.gz", "o.png")),
            Case("volume", lambda k, r: [D, OUTDIR, "--like", k["ct"]], codes=(2,)),
            Case("image", lambda k, r: [k["volume"], OUTDIR, "--like", D], codes=(2,)),
            Case("mesh", lambda k, r: [D, OUT], out=("o.stl", "o.ply")),
            Case("rt", lambda k, r: [D, OUT, "--grid", k["ct-folder"], *some(r, ["--interpolate"], ["--structure", "1"])],
                 out="o.nii"),
            Case("seg", lambda k, r: [D, OUT, *some(r, ["--segment", "1"], ["--layers"], ["--grid", k["volume"]])], out="o.nii"),
            Case("series", lambda k, r: [D, OUT, *some(r, ["--gradients"])], out=("o.nii", "o.nii.gz"), folder=True),
        ],
        "pipeline": [Case("study", lambda k, r: [D, "-o", OUTDIR], folder=True, slow=4)],
        "replay": [Case("result", lambda k, r: [D, "-o", OUTDIR, *json(r)], folder=True, partly=True, slow=4)],
        "ops": [],
        "dicom dump": [Case(kind, lambda k, r: [D, *some(r, *READ)]) for kind in (d, "dicomdir")],
        "dicom json": [Case(kind, lambda k, r: [D, "--json", *some(r, *JSON)]) for kind in (d, "dicomdir")],
        "dicom xml": [Case(d, lambda k, r: [D, *some(r, *JSON)])],
        "dicom create": [
            Case("json", lambda k, r: [D, OUT, *some(r, *WRITE[1:10], ["--index", "0"])], out="o.dcm"),
            Case("xml", lambda k, r: [D, OUT, *some(r, *WRITE[1:10])], out="o.dcm"),
            Case("labels", lambda k, r: [D, OUT, "--as", r.choice(seg_as), "--like", k["ct-folder"], "--algorithm", "MANUAL"],
                 out="o.dcm", codes=(2,)),
            Case("image", lambda k, r: [k["labels"], OUT, "--as", r.choice((*seg_as, "rtstruct")), "--like", D, "--algorithm",
                                        "MANUAL"], out="o.dcm", codes=(2,)),
            Case("segments", lambda k, r: [k["labels"], OUT, "--as", r.choice(seg_as), "--like", k["ct-folder"], "--segments", D],
                 out="o.dcm", codes=(2,)),
            Case("labels", lambda k, r: [D, OUT, "--as", "rtstruct", "--like", k["ct-folder"]], out="o.dcm", codes=(2,)),
            Case("volume", lambda k, r: [D, OUT, "--as", r.choice(("seg-fractional", "seg-occupancy")), "--like", k["ct-folder"],
                                         "--algorithm", "MANUAL"], out="o.dcm", codes=(2,)),
            Case("volume", lambda k, r: [D, OUT, "--as", "pmap", "--like", k["ct"], "--quantity", "113041,DCM,Map", "--units",
                                         "1,UCUM,no units", *some(r, ["--dtype", "uint16"], ["--dtype", "float64"])], out="o.dcm", codes=(2,)),
            Case("volume", lambda k, r: [D, OUT, "--as", r.choice(("sc", "enhanced-ct", "enhanced-mr")), "--like", k["ct"]],
                 out="o.dcm", codes=(2,)),
            Case("volume", lambda k, r: [D, OUTDIR, "--as", r.choice(("ct", "mr")), "--like", k["ct"]], codes=(2,)),
            Case("pdf", lambda k, r: [D, OUT, "--as", r.choice(("pdf", "cda", "stl", "obj", "mtl")), "--like", k["ct"]],
                 out="o.dcm", codes=(2,)),
            Case("mesh", lambda k, r: [D, OUT, "--as", r.choice(("stl", "obj")), "--like", k["ct"]], out="o.dcm"),
            Case(d, lambda k, r: [D, k["ct"], OUT, "--as", "ko", "--title", "of-interest"], out="o.dcm", codes=(2,)),
            Case("pr.json", lambda k, r: [D, OUT, "--as", "pr", "--like", k["ct"]], out="o.dcm", codes=(2,)),
        ],
        "dicom diff": [
            Case(d, lambda k, r: [D, k["whole"], *json(r), *some(r, ["--force"], ["--ignore-private"], ["--ignore-vr"],
                                                                  ["--ignore", "PixelData"], ["--ignore-meta"])], codes=(1,)),
            Case(d, lambda k, r: [k["ct"], D, *json(r)], codes=(1,))],
        "dicom table": [Case("series", lambda k, r: [D, *json(r), *some(
            r, ["--tsv"], ["--force"], ["--no-header"], ["--raw-cells"], ["--columns", "PatientID,PixelSpacing,PixelData"])],
            folder=True)],
        "dicom show": [Case(kind, lambda k, r: [D, *json(r), *some(r, *READ)]) for kind in OBJECTS],
        "dicom extract": [
            Case("document", lambda k, r: [D, OUT], out=("o.pdf", "o.stl", "o.bin")),
            Case("wave", lambda k, r: [D, OUT, *some(r, ["--group", "2"])], out=("o.csv", "o.npy", "o.svg"), codes=(2,))],
        "dicom get": [Case(d, lambda k, r: [D, *either(r, *PATHS[:2], *PATHS[3:], ["ReferencedSeriesSequence[0].SeriesInstanceUID"]), *some(r, ["--force"], ["--raw"], ["--json"])], codes=(2,), text=False)],
        "dicom set": [Case(d, lambda k, r: [D, OUT, *either(r, *EDITS), *some(r, *WRITE)], out="o.dcm", codes=(2,))],
        "dicom delete": [Case(d, lambda k, r: [D, OUT, *either(r, *PATHS), *some(r, *WRITE)], out="o.dcm", codes=(2,))],
        "dicom pixels": [
            Case("image", lambda k, r: [D, *json(r), *some(r, *STORED)], codes=(2,)),
            Case("image", lambda k, r: [D, OUT, *either(r, *STORED)], out=("o.raw", "o.nii"), codes=(2,)),
            Case("image", lambda k, r: [D, OUT, *some(r, *SHOWN)], out=("o.png", "o.raw")),
            Case("pr", lambda k, r: [k["ct"], OUT, r.choice(("--state", "--presentation")), D], out="o.png", codes=(2,)),
            Case("seg", lambda k, r: [D, OUT, "--frame", "0"], out="o.raw")],
        "dicom transcode": [
            Case("image", lambda k, r: [D, OUT, *to_syntax(r), *json(r), *some(
                r, ["--offsets", "extended"], ["--offsets", "basic"], ["--offsets", "none"], ["--keep-color"], ["--seed", "s"])],
                 out="o.dcm"),
            Case(d, lambda k, r: [D, OUT, "--to", r.choice(WORDS[:6])], out="o.dcm"),
            Case("series", lambda k, r: [D, OUTDIR, "--to", r.choice(WORDS), *json(r)], partly=True, folder=True)],
        "dicom validate": [Case(d, lambda k, r: [D, *json(r), *some(
            r, ["--quiet"], ["--iod", "ct-image"], ["--iod", "segmentation"], ["--iod", "enhanced-mr-image"])], codes=(1,))],
        "dicom dir": [
            Case("dicomdir", lambda k, r: [D, *json(r)], codes=()),
            Case("series", lambda k, r: [D, OUTDIR, *some(r, ["--invent"], ["--id", "A B"])], folder=True),
            Case("fileset", lambda k, r: [k["ct"], D, "--append", *some(r, ["--invent"])], folder=True)],
        "dicom organize": [Case("series", lambda k, r: [D, OUTDIR], folder=True)],
        "deid run": [
            Case(d, lambda k, r: [D, OUT, "--key", k["key"], *json(r), *some(r, *DEID)], out="o.dcm"),
            Case(d, lambda k, r: [D, OUT, "--encrypt", k["certificate"]], out="o.dcm"),
            Case("series", lambda k, r: [D, OUTDIR, "--key", k["key"], *some(r, *DEID, ["--dicomdir"])], partly=True, folder=True)],
        "deid verify": [
            Case("series", lambda k, r: [D, *some(r, ["--no-pixels"], ["--original", k["ct-folder"]])], codes=(1,), folder=True),
            Case("series", lambda k, r: [k["ct-folder"], "--original", D], codes=(1,), folder=True),
            Case("terms", lambda k, r: [k["ct-folder"], "--answer-key", D, "--no-pixels"], codes=(1,))],
        "deid undo": [Case("encrypted", lambda k, r: [D, OUT, "--key", k["private"]], out="o.dcm"),
                      Case("pem", lambda k, r: [k["encrypted"], OUT, "--key", D], out="o.dcm", codes=(2,))],
        "report sr": [Case("sr.json", lambda k, r: [D, OUT, "--like", k["ct"], *some(r, ["--seed", "s"], ["--partial"])],
                           out="o.dcm", codes=(2,)),
                      Case(d, lambda k, r: [k["sr.json"], OUT, "--like", D], out="o.dcm", codes=(2,))],
        "report show": [Case("sr", lambda k, r: [D, *json(r)])],
    }


# Texts that an operation cannot run without.
REQUIRED = {"reorient": "RAS", "permute": "zyx", "distance": "1,2,3;4,5,6", "angle": "1,2,3;4,5,6;7,8,10",
            "area": "1,2,3;4,5,6;7,8,10", "roi": "1,2,3;4,2,3;4,5,3",
            "landmarks": "0,0,0;9,0,0;0,9,0;0,0,9;9,9,9;1,2,3"}
# Options with which an honest slice takes minutes on one thread (a window of 21^3 shifts): they stay small here, so that
# what does not end is a hang.
SMALL = {("nlm", "patch-distance"): 2, ("nlm", "patch-size"): 3, ("frangi", "sigma-max"): 3}


def options(op, r):
    """Words for some options: the default, the ends of the range where they are small, what is required."""
    words = []
    for o in op["options"]:
        lo, hi, default = o.get("min"), o.get("max"), o.get("default")
        if (op["name"], o["name"]) in SMALL:
            words += ["--" + o["name"], str(SMALL[op["name"], o["name"]])]
            continue
        if not o["required"] and r.random() > 0.3:
            continue
        if o["type"] == "bool":
            words.append("--" + o["name"])
        elif o["type"] == "enum":
            words += ["--" + o["name"], r.choice(o["choices"])]
        elif o["type"] in ("int", "double", "doubles"):
            near = [v for v in (lo, default, hi, 1, 2) if v is not None and abs(v) <= 64 and (lo is None or lo <= v) and (hi is None or v <= hi)]
            number = r.choice(near or [0])
            number = int(number) if o["type"] == "int" or number == int(number) else number
            words += ["--" + o["name"], ",".join([str(number)] * (o["count"] if o["type"] == "doubles" else 1))]
        elif o["required"]:
            words += ["--" + o["name"], REQUIRED[op["name"]]]
    return words


def of_operation(op):
    """Each input of an operation damaged in turn, the others whole."""
    kinds = {"image": "volume", "labels": "labels", "mesh": "mesh", "transform": "transform"}
    ends = {"mesh": ("o.stl", "o.ply"), "rgb": ("o.png", "o.nii"), "transform": ("o.tfm", "o.txt")}
    out, by_flag = next(((p["kind"], p["optional"]) for p in op["out"] if p["kind"] != "json"), (None, False))

    def case(port, kind):
        def words(kit, r):
            given, flags = [], []
            for p in op["in"]:
                value = D if p is port else kit[kinds[p["kind"]]]
                if not p["optional"]:
                    given.append(value)
                elif p is port or r.random() < 0.3:
                    flags += ["--" + p["name"], value]
            return given + (["-o", OUT] if by_flag else [OUT] if out else ["--json"]) + flags + options(op, r)
        return Case(kind, words, out=ends.get(out, ("o.nii", "o.nii.gz")) if out else None, codes=(2,))

    made = []
    for port in op["in"]:
        made.append(case(port, kinds[port["kind"]]))
        if port["kind"] == "image" and not port["optional"]:
            made += [case(port, "image")]
    return made
