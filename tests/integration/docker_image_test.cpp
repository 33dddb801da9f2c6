// What moves whole file systems: build, save, load, export, import, cp.
#include "tests/integration/scene.hpp"

#include <catch2/catch.hpp>

using namespace integration;
using test_support::patterned_bytes;
using test_support::read_file;
using test_support::run_checked;
using test_support::write_file;

namespace {

std::string md5_of(const std::filesystem::path& file)
{
    return run_checked({.arguments = {"md5sum"}, .input = input_file{file}}).substr(0, 32);
}

}  // namespace

TEST_CASE("docker build sends a context of 100 MB and shows every step", "[c13][image]")
{
    const scene scene(each_upstream());
    const auto context = scene.directory() / "context";
    write_file(context / "Dockerfile", "FROM busybox\nCOPY blob /blob\nRUN md5sum /blob\n");
    write_file(context / "blob", patterned_bytes(100'000'000));
    const auto result = scene.docker().run(
        {"build", "--network", "none", "-t", "built", context.string()}, {}, std::chrono::minutes(2)
    );
    CAPTURE(result.err);
    CHECK(result.exit_status == 0);
    CHECK(result.out.find(md5_of(context / "blob") + "  /blob\n") != std::string::npos);
    CHECK(result.out.find("Successfully tagged built:latest\n") != std::string::npos);
}

TEST_CASE("a failing docker build reports the failing step's exit status", "[image]")
{
    const scene scene(each_upstream());
    const auto result = scene.docker().run(
        {"build", "--network", "none", "-"}, piped_text{"FROM busybox\nRUN echo tried; exit 17\n"}
    );
    CHECK(result.exit_status == 17);
    CHECK(result.out.find("tried\n") != std::string::npos);
    CHECK(result.err.find("returned a non-zero code: 17") != std::string::npos);
}

TEST_CASE("an image saved can be removed and loaded again", "[c39][image]")
{
    const scene scene(each_upstream());
    scene.docker().text(
        {"build", "--network", "none", "-q", "-t", "kept:1", "-"},
        piped_text{"FROM busybox\nRUN head -c 20000000 /dev/urandom > /blob\n"}
    );
    const auto archive = scene.directory() / "saved.tar";
    const auto directly = scene.directory() / "saved-directly.tar";
    const auto id = scene.docker().text({"image", "inspect", "-f", "{{.Id}}", "kept:1"});
    scene.docker().text({"save", "-o", archive.string(), "kept:1"});
    scene.direct().text({"save", "-o", directly.string(), "kept:1"});
    CHECK(md5_of(archive) == md5_of(directly));
    scene.docker().text({"rmi", "kept:1"});
    const auto loaded = scene.docker().text({"load"}, input_file{archive});
    CHECK(loaded.find("Loaded image: kept:1") != std::string::npos);
    CHECK(scene.docker().text({"image", "inspect", "-f", "{{.Id}}", "kept:1"}) == id);
}

TEST_CASE("docker export and import carry a file system", "[c39][image]")
{
    const scene scene(each_upstream());
    scene.docker().text(
        {"run",
         "--network",
         "none",
         "--name",
         "source",
         "busybox",
         "sh",
         "-c",
         "echo content > /file"}
    );
    const auto archive = scene.directory() / "exported.tar";
    scene.docker().text({"export", "-o", archive.string(), "source"});
    scene.docker().text({"import", "-", "imported"}, input_file{archive});
    CHECK(
        scene.docker().text({"run", "--rm", "--network", "none", "imported", "cat", "/file"}) ==
        "content"
    );
}

TEST_CASE("docker cp carries files both ways", "[c39][image]")
{
    const scene scene(each_upstream());
    const auto container = scene.run_detached({"busybox", "sleep", "1000"});
    const auto sent = scene.directory() / "sent";
    write_file(sent / "large", patterned_bytes(20'000'000));
    write_file(sent / "deep/er/small", "small\n");
    write_file(sent / "empty", "");
    scene.docker().text({"cp", sent.string(), container + ":/tmp/there"});
    CHECK(
        scene.docker().text({"exec", container, "md5sum", "/tmp/there/large"}).substr(0, 32) ==
        md5_of(sent / "large")
    );
    const auto back = scene.directory() / "back";
    scene.docker().text({"cp", container + ":/tmp/there", back.string()});
    CHECK(md5_of(back / "large") == md5_of(sent / "large"));
    CHECK(read_file(back / "deep/er/small") == "small\n");
    CHECK(read_file(back / "empty").empty());
    const auto missing = scene.docker().run({"cp", container + ":/no/such", back.string()});
    const auto directly = scene.direct().run({"cp", container + ":/no/such", back.string()});
    CHECK(missing.exit_status == 1);
    CHECK(masked(missing.err) == masked(directly.err));
}

TEST_CASE("docker cp streams an archive through pipes", "[c39][image]")
{
    const scene scene(each_upstream());
    const auto container = scene.run_detached({"busybox", "sleep", "1000"});
    const auto archive = scene.docker().run({"cp", container + ":/bin/busybox", "-"});
    CHECK(archive.exit_status == 0);
    scene.docker().text({"cp", "-", container + ":/tmp"}, piped_text{archive.out});
    CHECK(scene.docker().text({"exec", container, "cmp", "/bin/busybox", "/tmp/busybox"}).empty());
}
