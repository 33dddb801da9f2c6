# What every file and program has on Windows: Windows 10's interfaces, and everything but the
# system's own libraries linked in, so that a program is one file.
add_compile_definitions(_WIN32_WINNT=0x0A00 WIN32_LEAN_AND_MEAN NOMINMAX UNICODE _UNICODE)
add_link_options(-static -Wl,--gc-sections)
link_libraries(ws2_32 mswsock bcrypt)
# What GCC 12 takes for an overrun there is the buffer that a short std::string has inside.
add_compile_options(-Wno-array-bounds -Wno-stringop-overflow -Wno-restrict)
# Coroutines and Asio make more sections than the format's 16 bits can count.
add_compile_options(-Wa,-mbig-obj)
