# `log`: spdlog and fmt compiled into what uses them. As shared libraries they and the libstdc++
# that they need would be most of an idle daemon's memory.
add_library(log INTERFACE)
target_compile_definitions(log INTERFACE SPDLOG_FMT_EXTERNAL)
target_include_directories(log SYSTEM INTERFACE
    $<TARGET_PROPERTY:spdlog::spdlog_header_only,INTERFACE_INCLUDE_DIRECTORIES>)
target_link_libraries(log INTERFACE fmt::fmt-header-only Threads::Threads)
