// mkdtemp(3).
#include "tests/support/test_directory.hpp"

#include <stdlib.h>

#include <cerrno>
#include <system_error>

namespace test_support {

test_directory::test_directory()
{
    auto name = (std::filesystem::temp_directory_path() / "gangway-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
        throw std::system_error(errno, std::generic_category(), "cannot make " + name);
    }
    path_ = name;
}

}  // namespace test_support
