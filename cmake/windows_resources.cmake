# What is in a program besides its code: version, manifest (UTF-8, long paths), and texts of events.

# windows_resources(TARGET DESCRIPTION [MESSAGE_FILE])
function(windows_resources TARGET DESCRIPTION)
    set(directory ${PROJECT_BINARY_DIR}/resources/${TARGET})
    file(MAKE_DIRECTORY ${directory})
    set(NAME ${TARGET})
    set(MESSAGES)
    if(ARGC GREATER 2)
        get_filename_component(file ${ARGV2} NAME_WE)
        string(REPLACE windres windmc compiler ${CMAKE_RC_COMPILER})
        add_custom_command(OUTPUT ${directory}/${file}.rc
            COMMAND ${compiler} -h ${directory} -r ${directory} ${ARGV2}
            DEPENDS ${ARGV2} VERBATIM)
        set(MESSAGES "#include \"${file}.rc\"")
        set_source_files_properties(${directory}/${TARGET}-program.rc PROPERTIES
            OBJECT_DEPENDS ${directory}/${file}.rc
            INCLUDE_DIRECTORIES ${directory})
    endif()
    configure_file(${PROJECT_SOURCE_DIR}/windows/program.rc.in ${directory}/${TARGET}-program.rc @ONLY)
    set_property(SOURCE ${directory}/${TARGET}-program.rc APPEND PROPERTY
        OBJECT_DEPENDS ${PROJECT_SOURCE_DIR}/windows/program.manifest)
    target_sources(${TARGET} PRIVATE ${directory}/${TARGET}-program.rc)
endfunction()
