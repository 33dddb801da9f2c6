// By e2fsck, which changes nothing.
#include "tests/e2e/disk_check.hpp"

#include "tests/support/process.hpp"

#include <catch2/catch.hpp>

namespace e2e {

void the_disk_is_clean(const account& user)
{
    const auto check = test_support::run(
        {
            .arguments = {"/usr/sbin/e2fsck", "-f", "-n", (user.state_dir() / "disk.img").string()},
        },
        boot_patience
    );
    CAPTURE(check.out, check.err);
    CHECK(check.exit_status == 0);
    // Of a disk that was cut off, e2fsck says that it skips the recovery of the journal.
    CHECK((check.out + check.err).find("journal") == std::string::npos);
}

}  // namespace e2e
