//go:build integration

package docs

import (
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"unsafe"
)

// insideVariable makes this program create listeners for the world instead of testing.
const insideVariable = "KOJIWATCH_DOCS_INSIDE"

// inside listens on addresses in its network namespace, passes the listeners over a socket,
// and waits until the socket is closed.
func inside(socket string, addresses []string) int {
	if err := handOver(socket, addresses); err != nil {
		fmt.Fprintln(os.Stderr, "inside:", err)
		return 1
	}
	return 0
}

func handOver(socket string, addresses []string) error {
	if err := loopbackUp(); err != nil {
		return fmt.Errorf("bring the loopback up: %w", err)
	}
	var files []int
	for _, address := range addresses {
		l, err := net.Listen("tcp", address)
		if err != nil {
			return err
		}
		f, err := l.(*net.TCPListener).File()
		if err != nil {
			return err
		}
		files = append(files, int(f.Fd()))
	}
	conn, err := net.DialUnix("unix", nil, &net.UnixAddr{Name: socket, Net: "unix"})
	if err != nil {
		return err
	}
	if _, _, err := conn.WriteMsgUnix([]byte("listening"), syscall.UnixRights(files...), nil); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, conn)
	return err
}

// loopbackUp does what "ip link set lo up" does.
func loopbackUp() error {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0)
	if err != nil {
		return err
	}
	defer func() { _ = syscall.Close(fd) }()
	request := struct {
		name  [syscall.IFNAMSIZ]byte
		flags uint16
		_     [22]byte
	}{name: [syscall.IFNAMSIZ]byte{'l', 'o'}, flags: syscall.IFF_UP}
	if _, _, no := syscall.Syscall(syscall.SYS_IOCTL, uintptr(fd), syscall.SIOCSIFFLAGS, uintptr(unsafe.Pointer(&request))); no != 0 {
		return no
	}
	return nil
}

// received receives the listeners from inside.
func received(conn *net.UnixConn, addresses []string) (map[string]net.Listener, error) {
	text, control := make([]byte, 64), make([]byte, syscall.CmsgSpace(4*len(addresses)))
	_, n, _, _, err := conn.ReadMsgUnix(text, control)
	if err != nil {
		return nil, err
	}
	messages, err := syscall.ParseSocketControlMessage(control[:n])
	if err != nil || len(messages) == 0 {
		return nil, fmt.Errorf("no listeners for %s: %w", strings.Join(addresses, ", "), err)
	}
	files, err := syscall.ParseUnixRights(&messages[0])
	if err != nil {
		return nil, err
	}
	listeners := map[string]net.Listener{}
	for i, fd := range files {
		f := os.NewFile(uintptr(fd), addresses[i])
		l, err := net.FileListener(f)
		_ = f.Close()
		if err != nil {
			return nil, err
		}
		listeners[addresses[i]] = l
	}
	return listeners, nil
}
