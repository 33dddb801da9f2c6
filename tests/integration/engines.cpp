// The shared engines and how another process finds them.
#include "tests/integration/engines.hpp"

#include <fcntl.h>
#include <stdlib.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <system_error>

namespace integration {
namespace {

using test_support::engine_address;
using test_support::test_pki;

struct flock whole_file()
{
    struct flock region {};

    region.l_type = F_WRLCK;
    region.l_whence = SEEK_SET;
    return region;
}

std::ostream& operator<<(std::ostream& out, const engine_address& address)
{
    return out << address.socket.string() << ' ' << address.port << ' ' << address.pid << '\n';
}

std::istream& operator>>(std::istream& in, engine_address& address)
{
    std::string socket;
    in >> socket >> address.port >> address.pid;
    address.socket = socket;
    return in;
}

// Where the supervisor that ctest has started describes its engines; empty: a test run by hand.
std::filesystem::path state_file_of_ctest()
{
    const char* const named = std::getenv("GANGWAY_TEST_ENGINES");
    return named != nullptr ? named : "";
}

engines read_state(const std::filesystem::path& state_file)
{
    std::ifstream in(state_file);
    engines found;
    std::string pki;
    in >> found.plain >> found.tls >> pki;
    if (!in) throw std::runtime_error("cannot understand " + state_file.string());
    found.pki = test_support::test_pki_in(pki);
    return found;
}

}  // namespace

engine_pair::engine_pair()
    : pki_(test_support::make_test_pki(directory_ / "pki")),
      plain_(directory_ / "plain", std::nullopt),
      tls_(directory_ / "tls", pki_)
{
}

engines engine_pair::addresses() const
{
    return {plain_.address(), tls_.address(), pki_};
}

supervisor_lock::supervisor_lock(const std::filesystem::path& state_file)
    : file_(::open((state_file.string() + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600))
{
    if (!file_) {
        throw std::system_error(errno, std::generic_category(), state_file.string() + ".lock");
    }
}

bool supervisor_lock::take()
{
    auto region = whole_file();
    return ::fcntl(file_.get(), F_SETLK, &region) == 0;
}

std::optional<pid_t> supervisor_lock::holder() const
{
    auto region = whole_file();
    if (::fcntl(file_.get(), F_GETLK, &region) != 0 || region.l_type == F_UNLCK) {
        return std::nullopt;
    }
    return region.l_pid;
}

void write_state(const std::filesystem::path& state_file, const engines& running)
{
    std::ofstream out(state_file);
    out << running.plain << running.tls << running.pki.client.parent_path().string() << '\n';
    out.close();
    if (!out) throw std::runtime_error("cannot write " + state_file.string());
}

void share_supervisors_directory()
{
    const auto state_file = state_file_of_ctest();
    if (state_file.empty() || !supervisor_lock(state_file).holder()) return;
    const auto pki = read_state(state_file).pki.client.parent_path();
    ::setenv("TMPDIR", pki.parent_path().c_str(), 1);
}

const engines& shared_engines()
{
    static const engines found = [] {
        const auto state_file = state_file_of_ctest();
        if (!state_file.empty() && supervisor_lock(state_file).holder()) {
            return read_state(state_file);
        }
        static const engine_pair ours;
        return ours.addresses();
    }();
    return found;
}

}  // namespace integration
