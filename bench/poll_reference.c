/* A poll in C, without anything around it: connect, check the key, log in, list a folder, end. Arguments: port user key folder. */
#include <arpa/inet.h>
#include <libssh2.h>
#include <libssh2_sftp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void demand(int holds, const char *what) {
    if (!holds) {
        fprintf(stderr, "%s\n", what);
        exit(1);
    }
}

int main(int count, char **arguments) {
    demand(count == 5, "usage: poll_reference PORT USER KEY FOLDER");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(arguments[1]))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int connection = socket(AF_INET, SOCK_STREAM, 0);
    demand(connect(connection, (struct sockaddr *)&address, sizeof address) == 0, "no connection");
    demand(libssh2_init(0) == 0, "no library");
    LIBSSH2_SESSION *session = libssh2_session_init();
    demand(session && libssh2_session_handshake(session, connection) == 0, "no handshake");
    demand(libssh2_hostkey_hash(session, LIBSSH2_HOSTKEY_HASH_SHA256) != NULL, "no host key");
    demand(libssh2_userauth_publickey_fromfile(session, arguments[2], NULL, arguments[3], NULL) == 0, "no login");
    LIBSSH2_SFTP *sftp = libssh2_sftp_init(session);
    demand(sftp != NULL, "no SFTP");
    LIBSSH2_SFTP_HANDLE *folder = libssh2_sftp_opendir(sftp, arguments[4]);
    demand(folder != NULL, "no folder");
    char name[4096];
    LIBSSH2_SFTP_ATTRIBUTES attributes;
    int files = 0;
    while (libssh2_sftp_readdir(folder, name, sizeof name, &attributes) > 0) files++;
    libssh2_sftp_closedir(folder);
    libssh2_sftp_shutdown(sftp);
    libssh2_session_disconnect(session, "done");
    libssh2_session_free(session);
    libssh2_exit();
    close(connection);
    printf("%d\n", files);
    return 0;
}
