// How an image takes another's place, and what is left when it cannot.
#include "vmctl/image_store.hpp"

#include "tests/support/test_directory.hpp"
#include "tests/unit/vmctl/file_server.hpp"
#include "tests/unit/vmctl/image_fixture.hpp"
#include "vmctl/disk_tool.hpp"
#include "vmctl/private_file.hpp"
#include "vmctl/sha256.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <vector>

using namespace vmctl;
using test_support::test_directory;
using vmctl_test::file_server;
using vmctl_test::make_image;
using vmctl_test::version_in;

namespace {

namespace fs = std::filesystem;

struct place {
    place() { make_image(image, "1"); }

    void take_in(const std::string& from, const std::string& sha256 = {}) const
    {
        store.take_in({from, sha256}, [](const std::string&, download_progress) {});
    }

    std::vector<std::string> names() const
    {
        std::vector<std::string> all;
        for (const auto& entry : fs::directory_iterator(directory / "data"))
            all.push_back(entry.path().filename());
        std::ranges::sort(all);
        return all;
    }

    // An archive of an image of this version, made of the directory itself or of what is in it.
    fs::path archive(const std::string& version, const std::string& of = ".") const
    {
        make_image(directory / "made/new", version);
        const auto file = directory / "new.tar.gz";
        const auto from = of == "." ? directory / "made/new" : directory / "made";
        const auto result = run_tool({"bsdtar", {"-czf", file.native(), of}, from, -1});
        REQUIRE(result.exit_code == 0);
        return file;
    }

    const test_directory directory;
    const fs::path image = directory / "data/images";
    const fs::path next = directory / "data/images.next";
    const image_store store{image};
};

}  // namespace

TEST_CASE("a new image waits beside the present one, whatever it came as")
{
    const place here;
    SECTION("a directory")
    {
        make_image(here.directory / "new", "2");
        here.take_in(here.directory / "new");
    }
    SECTION("an archive of what is in it")
    {
        here.take_in(here.archive("2"));
    }
    SECTION("an archive of the directory, with its sha256")
    {
        const auto file = here.archive("2", "new");
        here.take_in(file, sha256_of(file));
    }
    SECTION("a URL")
    {
        const auto file = here.archive("2");
        const file_server server(read_file(file));
        here.take_in(server.url(), sha256_of(file));
    }
    CHECK(version_in(here.image) == "1");
    CHECK(version_in(here.next) == "2");
    CHECK(here.names() == std::vector<std::string>{"images", "images.incoming", "images.next"});
    CHECK(here.store.has_other());
}

TEST_CASE("the stages of taking an image in are told in their order")
{
    const place here;
    const auto file = here.archive("2");
    const file_server server(read_file(file));
    std::vector<std::string> stages;
    const auto tell = [&stages](const std::string& stage, download_progress) {
        if (stages.empty() || stages.back() != stage) stages.push_back(stage);
    };
    here.store.take_in({server.url(), sha256_of(file)}, tell);
    CHECK(stages == std::vector<std::string>{"download", "unpack", "verify"});
}

TEST_CASE("what is no image, or not the one that was meant, changes nothing")
{
    const place here;
    SECTION("another sha256")
    {
        CHECK_THROWS_WITH(
            here.take_in(here.archive("2"), std::string(64, '0')), Catch::Contains("another sha256")
        );
    }
    SECTION("no archive")
    {
        write_file(here.directory / "new", "no archive", 0600);
        CHECK_THROWS_WITH(
            here.take_in(here.directory / "new"), Catch::StartsWith("cannot unpack the image: ")
        );
    }
    SECTION("no manifest")
    {
        fs::create_directories(here.directory / "made/new");
        const auto file = here.archive("2");
        fs::remove(here.directory / "made/new/manifest.json");
        run_tool({"bsdtar", {"-czf", file.native(), "."}, here.directory / "made/new", -1});
        CHECK_THROWS_WITH(here.take_in(file), Catch::Contains("there is no manifest.json in it"));
    }
    SECTION("a damaged file")
    {
        make_image(here.directory / "new", "2");
        write_file(here.directory / "new/root.img", "root.img of 3", 0644);
        CHECK_THROWS_WITH(here.take_in(here.directory / "new"), Catch::Contains("is damaged"));
    }
    SECTION("a link that leads out of it")
    {
        make_image(here.directory / "made/new", "2");
        fs::create_symlink("/etc/passwd", here.directory / "made/new/link");
        CHECK_THROWS_WITH(
            here.take_in(here.archive("2")),
            Catch::Contains("something else than files in it: link")
        );
    }
    CHECK(version_in(here.image) == "1");
    CHECK_FALSE(here.store.has_other());
    // The next one is not disturbed by what was left.
    make_image(here.directory / "good", "4");
    here.take_in(here.directory / "good");
    CHECK(here.names() == std::vector<std::string>{"images", "images.incoming", "images.next"});
}

TEST_CASE("an image on trial is kept, or the former one is back")
{
    const place here;
    make_image(here.directory / "new", "2");
    here.take_in(here.directory / "new");
    CHECK_FALSE(here.store.is_on_trial());
    here.store.put_in();
    CHECK(here.store.is_on_trial());
    CHECK(version_in(here.image) == "2");
    SECTION("kept")
    {
        here.store.keep();
        CHECK(version_in(here.image) == "2");
    }
    SECTION("taken back")
    {
        here.store.take_back();
        CHECK(version_in(here.image) == "1");
    }
    CHECK_FALSE(here.store.is_on_trial());
    CHECK_FALSE(here.store.has_other());
    CHECK(here.names() == std::vector<std::string>{"images", "images.incoming"});
    CHECK(fs::is_empty(here.directory / "data/images.incoming"));
}

TEST_CASE("the first image needs no trial")
{
    const place here;
    fs::remove_all(here.image);
    make_image(here.directory / "new", "2");
    here.take_in(here.directory / "new");
    here.store.put_in();
    CHECK(version_in(here.image) == "2");
    CHECK_FALSE(here.store.is_on_trial());
}

TEST_CASE("a second image on trial leaves the one that was proven")
{
    const place here;
    for (const std::string version : {"2", "3"}) {
        make_image(here.directory / version, version);
        here.take_in(here.directory / version);
        here.store.put_in();
    }
    CHECK(version_in(here.image) == "3");
    here.store.take_back();
    CHECK(version_in(here.image) == "1");
}

TEST_CASE("an exchange that was killed in the middle is undone")
{
    const place here;
    make_image(here.directory / "new", "2");
    here.take_in(here.directory / "new");
    fs::rename(here.image, here.directory / "data/images.former");
    here.store.mend();
    CHECK(version_in(here.image) == "1");
    CHECK(version_in(here.next) == "2");
}

TEST_CASE("a directory may be written with a slash at its end")
{
    const place here;
    const image_store store(here.image / "");
    make_image(here.directory / "new", "2");
    store.take_in({here.directory / "new", {}}, [](const std::string&, download_progress) {});
    store.put_in();
    CHECK(version_in(here.image) == "2");
    CHECK(store.is_on_trial());
}

TEST_CASE("an archive of directories that nobody may write is none the worse for it")
{
    const place here;
    make_image(here.directory / "made/new", "2");
    fs::permissions(here.directory / "made/new", fs::perms(0555));
    const auto file = here.directory / "new.tar";
    run_tool({"bsdtar", {"-cf", file.native(), "new"}, here.directory / "made", -1});
    here.take_in(file);
    here.take_in(file);
    CHECK(version_in(here.next) == "2");
    fs::permissions(here.directory / "made/new", fs::perms(0755));
}

TEST_CASE("an archive that could not be unpacked is not fetched again")
{
    const place here;
    const auto file = here.archive("2");
    auto damaged = read_file(file);
    damaged.resize(damaged.size() / 2);
    write_file(file, damaged, 0600);
    const file_server server(damaged);
    for (int tries = 0; tries < 2; ++tries)
        CHECK_THROWS_WITH(
            here.take_in(server.url(), sha256_of(file)), Catch::Contains("cannot unpack the image")
        );
    CHECK(server.requests().size() == 1);
}

TEST_CASE("who waits for another to take an image in can end that")
{
    const place here;
    make_image(here.directory / "new", "2");
    here.take_in(here.directory / "new");
    const directory_lock other(here.directory / "data/images.incoming");

    struct enough {};

    const image_source source{here.directory / "new", {}};
    const auto take_in = [&] {
        here.store.take_in(source, [](const std::string& stage, download_progress) {
            CHECK(stage == "wait");
            throw enough();
        });
    };
    CHECK_THROWS_AS(take_in(), enough);
}

TEST_CASE("a directory has no sha256")
{
    const place here;
    make_image(here.directory / "new", "2");
    CHECK_THROWS_WITH(
        here.take_in(here.directory / "new", std::string(64, '0')),
        Catch::Contains("a directory has no sha256")
    );
}

TEST_CASE("the same image is no other, and a package's is not touched")
{
    const place here;
    make_image(here.directory / "same", "1");
    here.take_in(here.directory / "same");
    CHECK_FALSE(here.store.has_other());
    const image_store packaged("/usr/share/gangway/images");
    CHECK_THROWS_WITH(
        packaged.take_in({here.directory / "same", {}}, [](const std::string&, auto) {}),
        Catch::Contains("was brought by a package")
    );
}
