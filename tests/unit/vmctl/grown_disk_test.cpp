// A disk that becomes larger under a VM that runs, over a fake hypervisor; real file systems grow
// in data_disk_test.cpp and on the VM.
#include "vmctl/grown_disk.hpp"

#include "tests/support/fake_hypervisor.hpp"
#include "tests/support/test_directory.hpp"
#include "tests/unit/vmctl/supervised_vm.hpp"
#include "vmctl/guest_files.hpp"
#include "vmctl/storage_error.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <string>

namespace asio = boost::asio;
using namespace vmctl;
using config::gibibytes;
using vmctl_test::someone;
using vmctl_test::supervised_vm;

namespace {

struct instance {
    instance()
    {
        host.runs_already(test_support::fake_hypervisor::running);
        test_support::write_file(data_disk_in(directory.path()), "");
        std::filesystem::resize_file(data_disk_in(directory.path()), gibibytes(2).bytes);
    }

    config::byte_size wanted() const { return disk_size_in(directory.path(), gibibytes(2)); }

    test_support::test_directory directory;
    test_support::fake_hypervisor host;
};

}  // namespace

TEST_CASE("a disk is as large as is said, and as it was grown to")
{
    instance one;
    CHECK(one.wanted() == gibibytes(2));
    grow_disk(one.host, one.directory.path(), config::byte_size{gibibytes(3).bytes + 4096});
    CHECK(one.host.disk_size() == gibibytes(3));
    CHECK(one.host.last_in_guest() == std::vector<std::string>{"/usr/lib/gangway/grow"});
    CHECK(one.wanted() == gibibytes(3));
    CHECK(disk_size_in(one.directory.path(), gibibytes(4)) == gibibytes(4));
}

TEST_CASE("a disk does not shrink, and nothing is remembered of that")
{
    instance one;
    const auto size = GENERATE(gibibytes(1), config::byte_size{gibibytes(2).bytes - 1});
    CHECK_THROWS_WITH(
        grow_disk(one.host, one.directory.path(), size), Catch::StartsWith("it has 2GiB already")
    );
    CHECK(one.host.count("resize_data_disk") == 0);
    CHECK_FALSE(std::filesystem::exists(disk_size_record_in(one.directory.path())));
}

TEST_CASE("what a guest fails to do is left to its next start")
{
    instance one;
    one.host.next_in_guest({1, "resize2fs: no\n"});
    CHECK_THROWS_WITH(
        grow_disk(one.host, one.directory.path(), gibibytes(3)), Catch::Contains("resize2fs: no")
    );
    CHECK(one.wanted() == gibibytes(3));
}

TEST_CASE("a disk that could not be resized stays what it is, also at the next start")
{
    instance one;
    one.host.fail_next(
        "resize_data_disk", describe(hypervisor_problem::refused, "resize the VM's disk", "no")
    );
    CHECK_THROWS(grow_disk(one.host, one.directory.path(), gibibytes(3)));
    CHECK(one.wanted() == gibibytes(2));
}

TEST_CASE("growing that was interrupted can be asked for again")
{
    instance one;
    grow_disk(one.host, one.directory.path(), gibibytes(2));
    CHECK(one.host.count("resize_data_disk") == 0);
    CHECK(one.host.count("/usr/lib/gangway/grow") == 1);
}

TEST_CASE("a record that is damaged is named")
{
    instance one;
    test_support::write_file(disk_size_record_in(one.directory.path()), "much");
    CHECK_THROWS_WITH(one.wanted(), Catch::Contains("disk_size is damaged"));
}

TEST_CASE("a VM that sleeps is woken to grow its disk, and is told why it could not")
{
    supervised_vm t([](boot_plan& plan) {
        plan.grow_disk = [](hypervisor& host, config::byte_size size) {
            if (size == gibibytes(1)) throw storage_error("it is too small");
            host.resize_data_disk(size);
        };
    });
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        test.vm.containers_run(0);
        co_await test.vm.sleep(someone(), sleep_depth::saved);
        co_await test.vm.grow_disk(someone(), gibibytes(3));
        CHECK(test.host.disk_size() == gibibytes(3));
        CHECK(test.vm.status().state == vm_state::ready);
        CHECK(test.vm.status().history.back().what == "disk grown");
        CHECK(test.vm.status().use.active == 0);
        std::string failure;
        co_await test.vm.sleep(someone(), sleep_depth::saved);
        test.begin(test.vm.grow_disk(someone(), gibibytes(1)), failure);
        co_await test_support::until([&] { return !failure.empty(); });
        CHECK(failure == "the disk could not be grown: it is too small");
    });
}
