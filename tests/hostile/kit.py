"""Whole files for check_verbs.py: the real ones of ../shared/data by what they are, and what tomo makes of them."""
import json
import os
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

MOST = 400_000  # bytes of a file to damage: large ones only cost time
# PS3.6 Table A-1, how UIDs of SOP Classes begin
CLASSES = (("dicomdir", "1.3.10"), ("seg", "5.1.4.1.1.66.4"), ("seg", "5.1.4.1.1.66.7"), ("rt", "5.1.4.1.1.481."),
           ("pr", "5.1.4.1.1.11."), ("wave", "5.1.4.1.1.9."), ("document", "5.1.4.1.1.104."), ("sr", "5.1.4.1.1.88."))


class Kit:
    """`kit[name]` is one whole file that goes with a damaged one, `pick(kind, r)` one to damage."""

    def __init__(self, data, folder, server):
        folder.mkdir()
        self.data, self.folder, self.server = data, folder, server
        self.readable, self.whole = set(), {}
        self.groups = defaultdict(lambda: defaultdict(list))
        self.operations = [op for op in json.loads(self.run("ops").out) if op["in"]]
        self.real_files()
        self.make_images()
        self.make_texts()
        self.make_secrets()

    def __getitem__(self, name):
        return self.whole[name]

    def pick(self, kind, r):
        """A group first, then one of it: the one waveform is damaged as often as one of a hundred CT slices."""
        groups = self.groups[kind]
        return r.choice(groups[r.choice(sorted(groups))])

    def run(self, *words):
        return self.server.run(self.folder, words, False)

    def make(self, *words):
        run = self.run(*words)
        if run.code or run.killed:
            raise SystemExit(f"tomo {' '.join(map(str, words))}: {run.err.decode(errors='replace')}")
        return run.out

    def verbs(self):
        """Every command: words for whole jobs, then room and verb, from the program's own help."""
        found, part = [], 0
        for line in self.make("--help").decode().splitlines():
            part += line == "" or line == "rooms:"
            words = line.split()
            if line.startswith("  ") and part == 2:
                found.append(words[0])
            elif line.startswith("  ") and part == 4:
                found += [f"{words[0]} {verb}" for verb in words[1:]]
        return found

    def add(self, kind, path, group=""):
        self.groups[kind][group].append(Path(path))

    def real_files(self):
        columns = "MediaStorageSOPClassUID,SOPClassUID,TransferSyntaxUID,Rows"
        for top in ("dicom", "series"):
            seen = defaultdict(int)
            for line in self.make("dicom", "table", self.data / top, "--columns", columns, "--json").splitlines():
                row = json.loads(line)
                path = self.data / top / row["file"]
                seen[path.parent] += 1
                if path.stat().st_size <= MOST and (top == "dicom" or seen[path.parent] <= 2):
                    self.add_dicom(path, row["SOPClassUID"] or row["MediaStorageSOPClassUID"], row["TransferSyntaxUID"], row["Rows"])
        for path in sorted((self.data / "dicom").rglob("*.dcm")):  # what can't be read may be damaged further
            if path not in self.readable and path.stat().st_size <= MOST:
                self.add("dicom", path, "refused")
        for path in sorted(p for top in ("volumes", "meshes") for p in (self.data / top).rglob("*") if p.is_file()):
            run = self.run("info", path, "--json") if path.stat().st_size < 120_000 else None
            if run and run.code == 0:
                self.add("mesh" if "mesh" in json.loads(run.out)["kind"] else "volume", path, path.suffix)

    def add_dicom(self, path, sop_class, syntax, rows):
        self.readable.add(path)
        kind = next((kind for kind, start in CLASSES if sop_class.startswith("1.2.840.10008." + start)), "image" if rows else "other")
        self.add(kind, path, f"{sop_class} {syntax}")
        if kind != "dicomdir":
            self.add("dicom", path, f"{sop_class} {syntax}")

    def make_images(self):
        whole, f, series = self.whole, self.folder, self.data / "series"
        slices = self.data / "dicom/dcmqi/segmentations/24x38x3/image"
        whole["ct-folder"], whole["ct"], whole["whole"] = slices, slices / "IMG0001.dcm", self.data / "dicom/highdicom/ct_image.dcm"
        whole["volume"], whole["labels"], whole["mesh"] = f / "volume.nii", f / "labels.nii", f / "surface.stl"
        self.make("convert", slices, f / "volume.nii")
        self.make("segment", "otsu", f / "volume.nii", f / "labels.nii")
        self.make("mesh", "surface", f / "labels.nii", f / "surface.stl")
        self.make("mesh", "surface", f / "volume.nii", f / "surface.ply")
        self.make("convert", series / "ct-torso-small", f / "torso.nii")
        self.make("image", "crop", f / "torso.nii", f / "part.nii.gz", "--start", "30,30,0", "--size", "48,44,12")
        self.make("segment", "threshold", f / "part.nii.gz", f / "bones.nii.gz", "--lower", "200")
        self.make("segment", "components", f / "bones.nii.gz", f / "many.nii")
        self.make("image", "convert", f / "part.nii.gz", f / "float.nii", "--to", "float32")
        self.make("render", "slice", f / "part.nii.gz", f / "picture.png")
        for name in ("volume.nii", "part.nii.gz", "float.nii", "picture.png"):
            self.add("volume", f / name, "made")
        for name in ("labels.nii", "bones.nii.gz", "many.nii"):
            self.add("labels", f / name)
        whole["transform"] = f / "turn.tfm"
        whole["transform"].write_text("#Insight Transform File V1.0\n#Transform 0\nTransform: AffineTransform_double_3_3\n"
                                      "Parameters: 0.98 -0.17 0 0.17 0.98 0 0 0 1 3 -2 1\nFixedParameters: 10 10 0\n")
        self.add("transform", whole["transform"], ".tfm")
        self.add("mesh", f / "surface.stl", ".stl")
        self.add("mesh", f / "surface.ply", ".ply")
        self.make_folders(slices)

    def make_folders(self, slices):
        f = self.folder
        self.make("convert", f / "part.nii.gz", f / "study", "--like", self["ct"])
        self.make("pipeline", f / "study", "-o", f / "result")
        self.make("dicom", "dir", slices, f / "fileset", "--invent")
        self.add("study", f / "study")
        self.add("result", f / "result")
        self.add("fileset", f / "fileset")
        self.add("series", slices)
        self.add("series", f / "study")
        for where, _, names in sorted(os.walk(self.data / "series")):
            sizes = [p.stat().st_size for p in map(Path(where).joinpath, names) if p.suffix in (".dcm", ".IMA", "")]
            if 2 <= len(sizes) <= 20 and sum(sizes) < 600_000:
                self.add("series", where)

    def make_texts(self):
        f, number = self.folder, 0
        for kind in ("image", "seg", "rt", "pr", "sr", "wave", "document", "other"):
            for group in sorted(self.groups[kind])[:8]:
                path = min(self.groups[kind][group], key=lambda p: p.stat().st_size)
                for word, flags in (("json", ["--inline", "100000", "--meta"]), ("xml", ["--inline", "100000", "--meta"])):
                    run = self.run("dicom", word, path, *flags, "--memory-limit=256")
                    if run.code == 0 and len(run.out) < MOST:
                        number += 1
                        (f / f"{number}.{word}").write_bytes(run.out)
                        self.add(word, f / f"{number}.{word}", kind)
        for kind, what in (("seg", "segments"), ("pr", "pr.json"), ("sr", "sr.json")):
            for path in sum(self.groups[kind].values(), []):
                run = self.run("dicom", "show", path, "--json")
                if run.code == 0 and (kind != "sr" or b'"groups":[{' in run.out):
                    number += 1
                    (f / f"{number}.json").write_bytes(run.out)
                    self.add(what, f / f"{number}.json")
        self.whole["sr.json"] = self.groups["sr.json"][""][0]
        (f / "terms.txt").write_text("Doe\nJane\n4711\nQuillfeather\n1.2.840.10008.1.2\n\u00e9t\u00e9\n" * 3, encoding="utf-8")
        self.add("terms", f / "terms.txt")
        (f / "page.pdf").write_bytes(b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
                                     b"trailer<</Root 1 0 R>>\n%%EOF\n")
        self.add("pdf", f / "page.pdf")

    def make_secrets(self):
        f, whole = self.folder, self.whole
        whole["key"], whole["private"], whole["certificate"] = f / "key", f / "private.pem", f / "certificate.pem"
        whole["encrypted"] = f / "encrypted.dcm"
        (f / "key").write_bytes(b"a key for tests only, 16 bytes or more")
        if shutil.which("openssl") is None:
            raise SystemExit("openssl, the program, is needed")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f / "private.pem", "-out",
                        f / "certificate.pem", "-days", "2", "-subj", "/CN=test"], check=True, capture_output=True)
        self.make("deid", "run", whole["ct"], f / "encrypted.dcm", "--encrypt", f / "certificate.pem")
        self.add("encrypted", f / "encrypted.dcm")
        self.add("pem", f / "private.pem")
