/* What libssh2 can do, in C, without anything around it: connect, check the key, log in, and either list a folder or fetch a file.
   Arguments: PORT USER KEY list FOLDER, or PORT USER KEY get FILE TARGET. */
#include <arpa/inet.h>
#include <fcntl.h>
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

static void list(LIBSSH2_SFTP *sftp, const char *path) {
    LIBSSH2_SFTP_HANDLE *folder = libssh2_sftp_opendir(sftp, path);
    demand(folder != NULL, "no folder");
    char name[4096];
    LIBSSH2_SFTP_ATTRIBUTES attributes;
    int files = 0;
    while (libssh2_sftp_readdir(folder, name, sizeof name, &attributes) > 0) files++;
    libssh2_sftp_closedir(folder);
    printf("%d\n", files);
}

static void get(LIBSSH2_SFTP *sftp, const char *path, const char *target) {
    LIBSSH2_SFTP_HANDLE *file = libssh2_sftp_open(sftp, path, LIBSSH2_FXF_READ, 0);
    demand(file != NULL, "no file");
    int copy = open(target, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    demand(copy >= 0, "no target");
    /* As large as reads pay with this library. */
    static char piece[1 << 20];
    long long size = 0;
    ssize_t count;
    while ((count = libssh2_sftp_read(file, piece, sizeof piece)) > 0) {
        demand(write(copy, piece, (size_t)count) == count, "not written");
        size += count;
    }
    demand(count == 0 && close(copy) == 0, "not read to its end");
    libssh2_sftp_close(file);
    printf("%lld\n", size);
}

int main(int count, char **arguments) {
    int isList = count == 6 && strcmp(arguments[4], "list") == 0;
    demand(isList || (count == 7 && strcmp(arguments[4], "get") == 0), "usage: ssh_reference PORT USER KEY list FOLDER | get FILE TARGET");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(arguments[1]))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int connection = socket(AF_INET, SOCK_STREAM, 0);
    demand(connect(connection, (struct sockaddr *)&address, sizeof address) == 0, "no connection");
    demand(libssh2_init(0) == 0, "no library");
    LIBSSH2_SESSION *session = libssh2_session_init();
    demand(session != NULL, "no session");
    /* The quickest pair that both sides know; the library would begin with the longest keys. */
    libssh2_session_method_pref(session, LIBSSH2_METHOD_CRYPT_SC, "aes128-ctr");
    libssh2_session_method_pref(session, LIBSSH2_METHOD_MAC_SC, "hmac-sha2-256");
    demand(libssh2_session_handshake(session, connection) == 0, "no handshake");
    demand(libssh2_hostkey_hash(session, LIBSSH2_HOSTKEY_HASH_SHA256) != NULL, "no host key");
    demand(libssh2_userauth_publickey_fromfile(session, arguments[2], NULL, arguments[3], NULL) == 0, "no login");
    LIBSSH2_SFTP *sftp = libssh2_sftp_init(session);
    demand(sftp != NULL, "no SFTP");
    if (isList) list(sftp, arguments[5]);
    else get(sftp, arguments[5], arguments[6]);
    libssh2_sftp_shutdown(sftp);
    libssh2_session_disconnect(session, "done");
    libssh2_session_free(session);
    libssh2_exit();
    close(connection);
    return 0;
}
