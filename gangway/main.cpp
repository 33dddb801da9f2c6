// The control command's entry; the program is in commands.cpp.
#include "gangway/commands.hpp"
#include "gangway/standard_streams.hpp"

int main(int argc, char** argv)
{
    gangway::prepare_standard_streams();
    return gangway::run({argv + 1, argv + argc});
}
