"""Stands between an SFTP server and its client, run by a real sshd as its subsystem, and harms one packet of the conversation.

    packets.py FOLDER SERVER [ARGUMENT...]

FOLDER/harm says which: "answers 7 cut". It strikes once; FOLDER/struck is made then. Numbers begin at 0, and count one direction: requests or answers.
cut: the conversation ends before the packet. half: it ends in the middle of it. late: it comes a twentieth of a second later. swapped: it comes after the one
behind it, or after a tenth of a second where none comes. doubled: it comes twice. silent: neither it nor any other comes any more. length, kind, number: bits
of that field are changed. short: its last bytes are missing, and its length says so.
"""
import os, queue, struct, subprocess, sys, threading, time

FOLDER, SERVER = sys.argv[1], sys.argv[2:]
DIRECTION, INDEX, HARM = open(os.path.join(FOLDER, "harm")).read().split()
INDEX = int(INDEX)
child = subprocess.Popen(SERVER, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def end():
    child.kill()
    os._exit(0)


def strikes():
    try: os.close(os.open(os.path.join(FOLDER, "struck"), os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except FileExistsError: return False
    return True


def read(source, packets):
    while True:
        head = source.read(4)
        body = source.read(struct.unpack(">I", head)[0]) if len(head) == 4 else b""
        packets.put(head + body if len(head) == 4 else None)
        if len(head) < 4: return


def flipped(packet, place): return packet[:place] + bytes([packet[place] ^ 0x55]) + packet[place + 1:]


def pass_on(name, source, sink):
    packets = queue.Queue()
    threading.Thread(target=read, args=(source, packets), daemon=True).start()
    index = -1
    def send(data): sink.write(data); sink.flush()
    while True:
        packet = packets.get()
        if packet is None: break
        index += 1
        if name != DIRECTION or index != INDEX or not strikes():
            send(packet)
            continue
        if HARM == "cut": end()
        elif HARM == "half": send(packet[:max(1, len(packet) // 2)]); end()
        elif HARM == "late": time.sleep(0.05); send(packet)
        elif HARM == "swapped":
            try: following = packets.get(timeout=0.1)
            except queue.Empty: following = b""
            send((following or b"") + packet)
            if following is None: break
        elif HARM == "doubled": send(packet + packet)
        elif HARM == "silent":
            while packets.get() is not None: pass
            break
        elif HARM == "length": send(flipped(packet, 1))
        elif HARM == "kind": send(flipped(packet, 4))
        elif HARM == "number": send(flipped(packet, 8))
        elif HARM == "short": send(struct.pack(">I", len(packet) - 4 - 3) + packet[4:-3])
    end()


threading.Thread(target=pass_on, args=("answers", child.stdout, sys.stdout.buffer), daemon=True).start()
pass_on("requests", sys.stdin.buffer, child.stdin)
