// A good manifest becomes paths; each way in which it can be wrong is its own sentence.
#include "vmctl/image.hpp"

#include "tests/support/test_directory.hpp"
#include "vmctl/private_file.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace vmctl;
using nlohmann::json;
using test_support::test_directory;

namespace {

// sha256 of "abc" and of the empty text (FIPS 180-4 examples).
constexpr auto sha256_of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr auto sha256_of_nothing =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

json good_manifest()
{
    const json abc = {{"size", 3}, {"sha256", sha256_of_abc}};
    return {
        {"version", "1.2"},
        {"kernel", "vmlinuz"},
        {"initrd", "initrd.img"},
        {"root", "root.img"},
        {"iso", "gangway.iso"},
        {"cmdline", "console=ttyS0 quiet"},
        {"engine_api", "1.45"},
        {"files",
         {{"vmlinuz", abc},
          {"initrd.img", abc},
          {"root.img", abc},
          {"gangway.iso", {{"size", 0}, {"sha256", sha256_of_nothing}}}}},
    };
}

void write_image(const test_directory& directory, const json& manifest)
{
    for (const char* name : {"vmlinuz", "initrd.img", "root.img"})
        write_file(directory / name, "abc", 0644);
    write_file(directory / "gangway.iso", "", 0644);
    write_file(directory / "manifest.json", manifest.dump(), 0644);
}

}  // namespace

TEST_CASE("a manifest becomes absolute paths")
{
    const test_directory directory;
    write_image(directory, good_manifest());
    const auto image = load_image(directory.path() / "." / "");
    CHECK(image.version == "1.2");
    CHECK(image.kernel == directory / "vmlinuz");
    CHECK(image.initrd == directory / "initrd.img");
    CHECK(image.root == directory / "root.img");
    CHECK(image.iso == directory / "gangway.iso");
    CHECK(image.command_line == "console=ttyS0 quiet");
    CHECK(image.files.at(directory / "vmlinuz") == image_file{3, sha256_of_abc});
    CHECK_NOTHROW(verify_checksums(image));
}

TEST_CASE("an image needs no ISO")
{
    const test_directory directory;
    auto manifest = good_manifest();
    SECTION("absent")
    {
        manifest.erase("iso");
    }
    SECTION("null")
    {
        manifest["iso"] = nullptr;
    }
    write_image(directory, manifest);
    CHECK_FALSE(load_image(directory.path()).iso);
}

TEST_CASE("an image that is not there says how to get one")
{
    const test_directory directory;
    const auto missing = directory / "images";
    CHECK_THROWS_WITH(
        load_image(missing),
        "no VM image in " + missing.string() +
            ": install the package gangway-image, run appliance/build --output " +
            missing.string() + ", or set vm.image"
    );
    CHECK_THROWS_WITH(
        load_image(directory.path()),
        Catch::StartsWith("no VM image in " + directory.path().string()) &&
            Catch::Contains("manifest.json") && Catch::Contains("vm.image")
    );
    CHECK_THROWS_WITH(load_image(""), Catch::Contains("no VM image is configured"));
}

TEST_CASE("a manifest with a mistake is refused with the mistake")
{
    struct row {
        const char* patch;  // RFC 7396 merge patch
        const char* said;
    };

    const auto each = GENERATE(
        row{R"({"version": null})", "has no text \"version\""},
        row{R"({"cmdline": 7})", "has no text \"cmdline\""},
        row{R"({"kernel": null})", "has no text \"kernel\""},
        row{R"({"kernel": "bzImage"})", "names bzImage as \"kernel\" but does not list it"},
        row{R"({"files": null})", "has no object \"files\""},
        row{R"({"files": 1})", "has no object \"files\""},
        row{R"({"files": {"root.img": 5}})", "gives no size for root.img"},
        row{R"({"files": {"root.img": {"size": -1}}})", "gives no size for root.img"},
        row{R"({"files": {"root.img": {"size": "3"}}})", "gives no size for root.img"},
        row{R"({"files": {"root.img": {"sha256": "abc"}}})", "gives no sha256 for root.img"},
        row{R"({"files": {"../evil": {"size": 3}}})", "outside its directory: \"../evil\""},
        row{R"({"files": {"..": {"size": 3}}})", "outside its directory: \"..\""}
    );
    CAPTURE(each.patch);
    const test_directory directory;
    auto manifest = good_manifest();
    manifest.merge_patch(json::parse(each.patch));
    write_image(directory, manifest);
    CHECK_THROWS_WITH(
        load_image(directory.path()),
        Catch::Contains(each.said) && Catch::Contains((directory / "manifest.json").string()) &&
            Catch::Contains("appliance/build")
    );
}

TEST_CASE("a manifest that is not JSON is refused")
{
    const auto text = GENERATE("", "{", "[]", "null", "\xff\xfe", "{\"version\":\"\xff\"}");
    const test_directory directory;
    write_file(directory / "manifest.json", text, 0644);
    CHECK_THROWS_WITH(load_image(directory.path()), Catch::Contains("is not a JSON object"));
}

TEST_CASE("a file that is missing or has another size is named")
{
    const test_directory directory;
    write_image(directory, good_manifest());
    const auto root = (directory / "root.img").string();
    SECTION("missing")
    {
        std::filesystem::remove(root);
        CHECK_THROWS_WITH(load_image(directory.path()), Catch::Contains(root + " is missing"));
    }
    SECTION("a directory in its place")
    {
        std::filesystem::remove(root);
        std::filesystem::create_directory(root);
        CHECK_THROWS_WITH(load_image(directory.path()), Catch::Contains(root + " is missing"));
    }
    SECTION("cut off")
    {
        write_file(root, "ab", 0644);
        CHECK_THROWS_WITH(
            load_image(directory.path()), Catch::Contains(root + " has 2 bytes instead of 3")
        );
    }
}

TEST_CASE("damage that keeps the size is found by the checksum")
{
    const test_directory directory;
    write_image(directory, good_manifest());
    write_file(directory / "root.img", "abd", 0644);
    const auto image = load_image(directory.path());
    CHECK_THROWS_WITH(
        verify_checksums(image), Catch::Contains("root.img") && Catch::Contains("is damaged")
    );
}
