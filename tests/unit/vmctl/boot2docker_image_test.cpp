// An ISO's kernel, initrd and command line, taken out whole or not at all.
#include "vmctl/boot2docker_image.hpp"

#include "tests/support/test_directory.hpp"
#include "vmctl/disk_tool.hpp"
#include "vmctl/private_file.hpp"
#include "vmctl/sha256.hpp"

#include <catch2/catch.hpp>

using namespace vmctl;
using test_support::test_directory;
namespace fs = std::filesystem;

namespace {

constexpr const char* menu =
    "serial 0\nlabel boot2docker\n\tkernel /boot/vmlinuz\n\tinitrd /boot/initrd.img\n# a comment: "
    "append "
    "no\n\tAPPEND loglevel=3  console=ttyS0 initrd=/boot/initrd.img base\n\tappend other\n";

struct stage {
    config::boot2docker_settings iso_with(const std::string& kernel, const std::string& boot_menu)
    {
        const auto tree = directory.path() / "tree";
        fs::remove_all(tree);
        const auto write = [&](const std::string& name, std::string_view content) {
            fs::create_directories((tree / name).parent_path());
            write_file(tree / name, content, 0444);
        };
        write(kernel, "the kernel");
        write("boot/initrd.img", "the initrd");
        write(boot_menu, menu);
        write("version", "v19");
        const auto iso = directory.path() / "b.iso";
        const auto made =
            run_tool({"bsdtar", {"--format", "iso9660", "-cf", iso.string(), "."}, tree, -1});
        REQUIRE(made.exit_code == 0);
        return {iso.string(), sha256_of(iso)};
    }

    std::size_t files_in_place() const
    {
        if (!fs::exists(place)) return 0;
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(place), fs::directory_iterator())
        );
    }

    test_directory directory;
    fs::path place = directory.path() / "state/boot2docker";
};

}  // namespace

TEST_CASE("kernel, initrd and command line are taken out of an ISO of either age")
{
    const auto [kernel, boot_menu] = GENERATE(
        std::pair<std::string, std::string>("boot/vmlinuz", "isolinux/isolinux.cfg"),
        std::pair<std::string, std::string>("boot/vmlinuz64", "boot/isolinux/isolinux.cfg")
    );
    stage stage;
    const auto settings = stage.iso_with(kernel, boot_menu);
    const auto image = ensure_boot2docker_image(settings, stage.place);
    CHECK(read_file(image.kernel) == "the kernel");
    CHECK(read_file(image.initrd) == "the initrd");
    CHECK(image.command_line == "loglevel=3 console=ttyS0 base console=ttyS0");
    CHECK(image.kernel.parent_path().filename() == settings.sha256);
    CHECK(stage.files_in_place() == 1);

    SECTION("and the ISO is not needed after that")
    {
        fs::remove(settings.iso);
        CHECK(ensure_boot2docker_image(settings, stage.place) == image);
    }
    SECTION("and those of another take their place")
    {
        const auto other = stage.iso_with("boot/vmlinuz", "isolinux/isolinux.cfg");
        const auto newer = ensure_boot2docker_image(other, stage.place);
        CHECK(read_file(newer.kernel) == "the kernel");
        CHECK(stage.files_in_place() == 1);
    }
}

TEST_CASE("an ISO that is not the one asked for leaves nothing behind")
{
    stage stage;
    auto settings = stage.iso_with("boot/vmlinuz", "isolinux/isolinux.cfg");
    settings.sha256 = std::string(64, '0');
    CHECK_THROWS_WITH(
        ensure_boot2docker_image(settings, stage.place),
        Catch::Contains(settings.iso + " has the sha256 ") &&
            Catch::Contains("vm.boot2docker.sha256 is 000000")
    );
    CHECK(stage.files_in_place() == 0);
}

TEST_CASE("an ISO of something else leaves nothing behind")
{
    stage stage;
    const auto settings = stage.iso_with("boot/linux", "isolinux/isolinux.cfg");
    CHECK_THROWS_WITH(
        ensure_boot2docker_image(settings, stage.place), Catch::Contains("is no boot2docker ISO")
    );
    CHECK(stage.files_in_place() == 0);
    CHECK_THROWS_AS(
        ensure_boot2docker_image({"/nonexistent/b.iso", settings.sha256}, stage.place),
        storage_error
    );
}

TEST_CASE("names are found as a file system without Rock Ridge spells them")
{
    const auto layout =
        layout_of({".", "BOOT/VMLINUZ.;1", "BOOT/INITRD.IMG;1", "ISOLINUX/ISOLINUX.CFG;1"});
    REQUIRE(layout);
    CHECK(layout->kernel == "BOOT/VMLINUZ.;1");
    CHECK(layout->boot_menu == "ISOLINUX/ISOLINUX.CFG;1");
    CHECK_FALSE(layout_of({"boot/vmlinuz", "boot/initrd.img"}));
    CHECK_FALSE(layout_of({}));
}

TEST_CASE("a boot menu without a command line has none")
{
    CHECK_FALSE(command_line_in("kernel /boot/vmlinuz\n"));
    CHECK(command_line_in("append\n") == "");
    CHECK(command_line_in(" append a b\r\n") == "a b");
}
