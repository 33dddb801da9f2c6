# Headers that are read once for all files of a target.

# precompile(TARGET HEADER…)
function(precompile TARGET)
    target_precompile_headers(${TARGET} PRIVATE ${ARGN})
    # So that ccache can keep what is compiled with them.
    if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
        target_compile_options(${TARGET} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
    else()
        target_compile_options(${TARGET} PRIVATE -fpch-preprocess)
    endif()
endfunction()

# precompile_product(TARGET HEADER…): in the presets that compile several files at once, too.
option(GANGWAY_PRECOMPILED "Precompile headers of the product; set by most presets" OFF)

function(precompile_product TARGET)
    if(GANGWAY_PRECOMPILED)
        precompile(${TARGET} ${ARGN})
    endif()
endfunction()
