"""`cmake --install` leaves what a user needs: program, headers, static and shared library, pkg-config file, CMake package. Programs outside
the tree are built against it, as C11 and C++17, and run."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import program
from program import ROOT, TAUT

BUILD = pathlib.Path(TAUT).parents[2]
CONSUMER = ROOT / "tests/consumer"
HEADERS = sorted((ROOT / "host/include/taut").glob("*.h"))
WARN = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]


def call(*command, **kwargs):
    return subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL, **kwargs)


def cache():
    lines = re.findall(r"^([\w-]+):\w+=(.*)$", (BUILD / "CMakeCache.txt").read_text(), re.M)
    return dict(lines)


def declared():
    """The functions of the public headers."""
    text = "".join(re.sub(r"/\*.*?\*/", "", h.read_text(), flags=re.S) for h in HEADERS)
    return set(re.findall(r"TAUT_API\b[^;(]*?\b(taut_\w+)\s*\(", text))


class Install(program.Case):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.prefix = pathlib.Path(cls.temporary.name) / "prefix"
        cls.options = cache()
        p = call("cmake", "--install", BUILD, "--prefix", cls.prefix)
        assert p.returncode == 0, p.stderr
        cls.lib = cls.prefix / cls.options.get("CMAKE_INSTALL_LIBDIR", "lib")
        cls.cc = cls.options["CMAKE_C_COMPILER"]
        cls.sanitized = cls.options["TAUT_SANITIZE"] == "ON"
        cls.flags = ["-fsanitize=address,undefined"] if cls.sanitized else []
        cls.shared = cls.options["TAUT_SHARED"] == "ON"
        cls.version = re.search(r"project\(taut VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text())[1]

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def run_well(self, *command, **kwargs):
        p = call(*command, **kwargs)
        self.assertEqual(p.returncode, 0, f"{command}\n{p.stdout}\n{p.stderr}")
        return p

    def check_example(self, path, **kwargs):
        p = self.run_well(path, **kwargs)
        self.assertEqual(p.stdout, "feasible, objective 29, projects 2 3 4\n")
        self.assertTrue(all(line.startswith("round ") for line in p.stderr.splitlines()), p.stderr)

    def check_all(self, path, **kwargs):
        p = self.run_well(path, self.version, path.with_suffix(".json"), **kwargs)
        self.assertEqual(p.stdout + p.stderr, "", "the library prints nothing")
        result = json.loads(path.with_suffix(".json").read_text())
        self.assertEqual(result["answer"]["status"], "feasible")
        self.assertIsInstance(result["solver"]["t_cold"], float)

    def check_in_another_locale(self, path, folder):
        """German numbers have a comma."""
        name = pathlib.Path(folder) / "de_DE.UTF-8"
        if not shutil.which("localedef") or call("localedef", "-i", "de_DE", "-f", "UTF-8", name).returncode != 0:
            print("SKIPPED: no locale with a decimal comma can be made")
            return
        self.check_all(path, env=dict(os.environ, LOCPATH=folder, LC_ALL="de_DE.UTF-8"))

    def test_program(self):
        p = self.run_well(self.prefix / "bin/taut", "solve", ROOT / "formulations/specs/mdkp.yaml", "--reads", "4", "--json", cwd="/")
        self.assertEqual(program.results(p)[0]["answer"]["status"], "feasible")
        self.assertNotIn("not found", self.run_well("ldd", self.prefix / "bin/taut").stdout)

    def test_files(self):
        self.assertEqual(sorted(p.name for p in (self.prefix / "include/taut").iterdir()), [h.name for h in HEADERS])
        self.assertTrue((self.lib / "libtaut.a").is_file())
        self.assertEqual((self.lib / "libtaut.so").exists(), self.shared)
        for text in (self.lib / "pkgconfig/taut.pc", *(self.lib / "cmake/taut").iterdir()):
            found = [word for word in (str(ROOT), str(BUILD)) if word in text.read_text()]
            self.assertEqual(found, [], f"{text.name} names the build tree")

    def test_shared_library_exports_the_public_functions_alone(self):
        if not self.shared:
            self.skipTest("SKIPPED: built with TAUT_SHARED=OFF")
        so = self.lib / "libtaut.so"
        names = {line.split()[-1] for line in self.run_well("nm", "-D", "--defined-only", so).stdout.splitlines()}
        if self.sanitized:  # the sanitizer adds its own
            names = {n for n in names if n.startswith("taut_")}
        self.assertGreater(len(names), 20)
        self.assertEqual(names, declared())
        self.assertIn(f"libtaut.so.{'.'.join(self.version.split('.')[:2])}", self.run_well("readelf", "-d", so).stdout)
        self.assertNotIn("not found", self.run_well("ldd", so).stdout)

    def test_every_header_stands_alone(self):
        compilers = [c for c in ("gcc", "clang") if shutil.which(c)]
        self.assertTrue(compilers)
        for header in HEADERS:
            text = f"#include <taut/{header.name}>\n#include <taut/{header.name}>\nint main(void) {{ return 0; }}\n"
            for name in compilers:
                for language, standard in (("c", "c11"), ("c++", "c++17")):
                    if language == "c++" and not shutil.which({"gcc": "g++", "clang": "clang++"}[name]):
                        print(f"SKIPPED: no {name} for C++")
                        continue
                    with self.subTest(f"{header.name} {name} {standard}"):
                        p = subprocess.run([name, f"-std={standard}", "-x", language, "-fsyntax-only", *WARN, f"-I{self.prefix}/include", "-"],
                                           input=text, capture_output=True, text=True, timeout=60)
                        self.assertEqual(p.returncode, 0, p.stderr)

    def test_cmake_package(self):
        with tempfile.TemporaryDirectory() as folder:
            source = shutil.copytree(CONSUMER, pathlib.Path(folder) / "source")
            build = pathlib.Path(folder) / "build"
            flags = [f"-DCMAKE_{l}_FLAGS={' '.join(self.flags)}" for l in ("C", "CXX")]
            self.run_well("cmake", "-S", source, "-B", build, f"-DCMAKE_PREFIX_PATH={self.prefix}", f"-DCMAKE_C_COMPILER={self.cc}", *flags)
            self.run_well("cmake", "--build", build)
            self.check_example(build / "example_shared")
            self.assertEqual("libtaut.so" in self.run_well("ldd", build / "example_shared").stdout, self.shared)
            self.check_all(build / "check_static")
            self.check_in_another_locale(build / "check_static", folder)
            self.assertNotIn("libtaut.so", self.run_well("ldd", build / "check_static").stdout)
            if (build / "check_cxx").exists():
                self.check_all(build / "check_cxx")
            else:
                print("SKIPPED: no C++ compiler")

    def test_pkg_config(self):
        if not shutil.which("pkg-config"):
            self.skipTest("SKIPPED: no pkg-config")
        env = dict(os.environ, PKG_CONFIG_PATH=str(self.lib / "pkgconfig"))

        def flags(*options):
            return self.run_well("pkg-config", *options, "taut", env=env).stdout.split()

        self.assertEqual(flags("--modversion"), [self.version])
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder) / "example"
            common = [self.cc, "-std=c11", *WARN, *self.flags, "-o", out, CONSUMER / "example.c"]
            self.run_well(*common, *flags("--cflags", "--libs"))
            self.check_example(out, env=dict(os.environ, LD_LIBRARY_PATH=str(self.lib)))
            if self.sanitized:
                print("SKIPPED: the sanitizer does not link statically")
                return
            self.run_well(*common, "-static", *flags("--static", "--cflags", "--libs"))
            self.check_example(out)

    def test_the_documented_program_is_the_tested_one(self):
        page = (ROOT / "docs/library.md").read_text()
        self.assertEqual(re.findall(r"^```c\n(.*?)^```", page, re.S | re.M)[0], (CONSUMER / "example.c").read_text())


if __name__ == "__main__":
    program.main()
