"""Texture maps: Cicatrix against the libraries of the field, processor time and agreement.

    python -m venv rivals && rivals/bin/pip install -r benches/rivals/requirements.txt
    cargo build --release --example texture_maps
    rivals/bin/python benches/rivals/maps.py

pyradiomics is run too where it is installed (see docs/BENCHMARKS.md). Every rival computes the same maps of the same crop
of the same levels: 15 x 15 pixels, 32 levels, 4 directions, symmetric. Rounds alternate, processor time counts (user and system, one
thread), and the median over the rounds is printed. Cicatrix' time is that of many passes over a megapixel less that of one, so its start
does not count; a rival's is that of its map of a small crop, per pixel.
"""

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np
from PIL import Image
from skimage.feature import graycomatrix, graycoprops

SIDE, BINS, CROP, ROUNDS, PASSES = 15, 32, 46, 3, 10
ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "target/release/examples/texture_maps"
MOMENTS = ["contrast", "dissimilarity", "homogeneity", "correlation"]
COUNTS = ["energy", "joint_entropy"]


def spent():
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def timed(work):
    start = spent()
    result = work()
    return spent() - start, result


def levels(side):
    """Skin-like: smooth noise and fine noise, as levels 1 to 32."""
    rng = np.random.default_rng(7)
    spectrum = np.fft.rfft2(rng.standard_normal((side, side)))
    fy, fx = np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None]
    smooth = np.fft.irfft2(spectrum * np.exp(-0.5 * (2 * np.pi * 3) ** 2 * (fx**2 + fy**2)), s=(side, side))
    plane = smooth / smooth.std() + 0.5 * rng.standard_normal((side, side))
    return np.clip((plane + 3.2) / 6.4 * BINS, 0, BINS - 1).astype(np.uint8) + 1


def cicatrix(image, names, passes, folder):
    picture, out = folder / "levels.png", folder / "maps.f32"
    Image.fromarray(image).save(picture)
    subprocess.run([PROGRAM, picture, str(SIDE), str(BINS), ",".join(names), out, str(passes)], check=True)
    return np.fromfile(out, "<f4").reshape(len(names), *image.shape)


def per_pixel(image, names, folder):
    one, _ = timed(lambda: cicatrix(image, names, 1, folder))
    many, _ = timed(lambda: cicatrix(image, names, 1 + PASSES, folder))
    return (many - one) / PASSES / image.size


def sliding(image, names):
    """graycomatrix of every window that lies within the crop."""
    inner = CROP - SIDE + 1
    out = np.empty((len(names), inner, inner))
    angles = [0, np.pi / 4, np.pi / 2, 3 * np.pi / 4]
    for y in range(inner):
        for x in range(inner):
            window = image[y : y + SIDE, x : x + SIDE] - 1
            counts = graycomatrix(window, [1], angles, levels=BINS, symmetric=True)
            merged = counts.sum(axis=3, keepdims=True)
            p = merged / merged.sum()
            for i, name in enumerate(names):
                if name == "joint_entropy":
                    out[i, y, x] = -(p[p > 0] * np.log2(p[p > 0])).sum()
                else:
                    known = "ASM" if name == "energy" else name
                    out[i, y, x] = graycoprops(p, known)[0, 0]
    return out, inner * inner


def radiomics_maps(image, names):
    import logging

    import SimpleITK as sitk
    from radiomics import glcm

    logging.getLogger("radiomics").setLevel(logging.ERROR)
    known = {
        "contrast": "Contrast",
        "dissimilarity": "DifferenceAverage",
        "homogeneity": "Idm",
        "correlation": "Correlation",
        "energy": "JointEnergy",
        "joint_entropy": "JointEntropy",
    }
    # One slice of a volume: a flat picture with force2D shrinks the window to a line without a word.
    # A mask of ones is refused, so the crop gets a row more that is outside.
    taller = np.pad(image, ((0, 1), (0, 0)), mode="edge")
    inside = np.ones_like(taller, dtype=np.uint8)
    inside[-1] = 0
    volume, mask = sitk.GetImageFromArray(taller[None].astype(np.int32)), sitk.GetImageFromArray(inside[None])
    # Without weights: counts of the directions added, then features, as here.
    settings = dict(voxelBased=True, kernelRadius=SIDE // 2, maskedKernel=True, voxelBatch=1000, binWidth=1)
    settings.update(distances=[1], initValue=0, weightingNorm="no_weighting")
    features = glcm.RadiomicsGLCM(volume, mask, **settings)
    features.disableAllFeatures()
    for name in names:
        features.enableFeatureByName(known[name])
    found = features.execute()
    maps = [sitk.GetArrayFromImage(found[known[name]])[0, :-1] for name in names]
    return np.array(maps), image.size


def rivals():
    yield "scikit-image, a matrix per window", sliding
    try:
        import radiomics
    except ImportError:
        print("pyradiomics is not installed: left out", file=sys.stderr)
        return
    yield f"pyradiomics {radiomics.__version__}, voxel-based", radiomics_maps


def main():
    big, small = levels(1024), levels(1024)[300 : 300 + CROP, 400 : 400 + CROP].copy()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for title, names in [("moments", MOMENTS), ("energy and entropy", COUNTS)]:
            ours, theirs, apart = [], {}, {}
            truth = cicatrix(small, names, 1, folder)
            inner = slice(SIDE // 2, CROP - SIDE // 2)
            for _ in range(ROUNDS):
                ours.append(per_pixel(big, names, folder))
                for rival, work in rivals():
                    seconds, (maps, pixels) = timed(lambda: work(small, names))
                    theirs.setdefault(rival, []).append(seconds / pixels)
                    same = truth[:, inner, inner]
                    maps = maps if maps.shape == same.shape else maps[:, inner, inner]
                    apart[rival] = np.abs(maps - same).max()
            own = np.array(ours) * 1e6
            print(f"{title} ({', '.join(names)})")
            print(f"  Cicatrix: {np.median(own):.3f} s per megapixel ({own.min():.3f} to {own.max():.3f})")
            for rival, seconds in theirs.items():
                ratio = np.median([b / a for a, b in zip(ours, seconds)])
                print(f"  {rival}: {np.median(seconds) * 1e6:.0f} s per megapixel, {ratio:.0f} times, "
                      f"largest difference {apart[rival]:.1e}")


if __name__ == "__main__":
    main()
