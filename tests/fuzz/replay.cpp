// Runs a target once over each file named, and over the files of each directory named: the main()
// of ordinary builds, where there is no libFuzzer.
#include "tests/fuzz/fuzz_input.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace {

bool replay(const std::filesystem::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(stream), {}};
    if (!stream) {
        std::fprintf(stderr, "%s cannot be read\n", file.c_str());
        return false;
    }
    // Printed before it runs: the last one named is the one that failed.
    std::printf("%s, %zu bytes\n", file.c_str(), bytes.size());
    std::fflush(stdout);
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    return true;
}

}  // namespace

int main(int count, char** arguments)
{
    std::size_t replayed = 0;
    for (int index = 1; index < count; ++index) {
        const std::filesystem::path place = arguments[index];
        std::vector<std::filesystem::path> files{place};
        if (std::filesystem::is_directory(place)) {
            files.clear();
            for (const auto& entry : std::filesystem::directory_iterator(place))
                files.push_back(entry.path());
            std::sort(files.begin(), files.end());
        }
        for (const auto& file : files) {
            if (!replay(file)) return 1;
            ++replayed;
        }
    }
    // A replay of nothing would pass for ever.
    if (replayed == 0) std::fputs("there is nothing to replay\n", stderr);
    return replayed == 0 ? 1 : 0;
}
