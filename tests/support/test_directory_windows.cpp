// A name that nobody else has, in a directory that is the user's own.
#include "tests/support/test_directory.hpp"

#include <random>
#include <stdexcept>

namespace test_support {

test_directory::test_directory()
{
    std::random_device numbers;
    const auto where = std::filesystem::temp_directory_path();
    path_ = where / ("gangway-" + std::to_string(numbers()));
    if (!std::filesystem::create_directory(path_))
        throw std::runtime_error("there is a " + path_.string() + " already");
}

}  // namespace test_support
