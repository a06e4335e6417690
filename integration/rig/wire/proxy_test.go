package wire

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

const patience = 10 * time.Second

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// echo sends every byte back.
func echo(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer conn.Close()
				_, _ = io.Copy(conn, conn)
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		all.Wait()
	})
	return l.Addr().String()
}

func proxy(t *testing.T, target string) *Proxy {
	t.Helper()
	p, err := Listen(target)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func dial(t *testing.T, p *Proxy) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(patience))
	return conn
}

func exchange(t *testing.T, conn net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	expect(t, conn, text)
}

func expect(t *testing.T, conn net.Conn, text string) {
	t.Helper()
	got := make([]byte, len(text))
	if _, err := io.ReadFull(conn, got); err != nil {
		t.Fatal(err)
	}
	if string(got) != text {
		t.Fatalf("read %q, want %q", got, text)
	}
}

// silent fails the test if anything comes from conn.
func silent(t *testing.T, conn net.Conn) {
	t.Helper()
	_ = conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	n, err := conn.Read(make([]byte, 1))
	if n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("read %d bytes, error %v; want silence", n, err)
	}
	_ = conn.SetDeadline(time.Now().Add(patience))
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("timeout: " + what)
		}
	}
}

func TestPassesBytesBothWays(t *testing.T) {
	p := proxy(t, echo(t))
	conn := dial(t, p)
	sent := bytes.Repeat([]byte("0123456789abcdef"), 1<<16) // 1 MiB: many pieces
	var writer sync.WaitGroup
	writer.Go(func() {
		_, _ = conn.Write(sent)
		_ = conn.(*net.TCPConn).CloseWrite()
	})
	got, err := io.ReadAll(conn)
	writer.Wait()
	if err != nil || !bytes.Equal(got, sent) {
		t.Fatalf("got %d bytes, error %v; want the %d sent", len(got), err, len(sent))
	}
	eventually(t, "the link goes away", func() bool { return p.Open() == 0 })
	if p.Accepted() != 1 {
		t.Errorf("accepted %d connections, want 1", p.Accepted())
	}
}

func TestCut(t *testing.T) {
	for name, tc := range map[string]struct {
		how  Cut
		want error
	}{
		"reset": {Reset, syscall.ECONNRESET},
		"close": {Close, io.EOF},
	} {
		t.Run(name, func(t *testing.T) {
			p := proxy(t, echo(t))
			conns := []net.Conn{dial(t, p), dial(t, p)}
			for _, conn := range conns {
				exchange(t, conn, "hello")
			}
			if n := p.Cut(tc.how); n != 2 {
				t.Errorf("cut %d connections, want 2", n)
			}
			for _, conn := range conns {
				if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, tc.want) {
					t.Errorf("read: %v, want %v", err, tc.want)
				}
			}
			exchange(t, dial(t, p), "a new one works")
		})
	}
}

func TestServerSeesTheCut(t *testing.T) {
	for name, tc := range map[string]struct {
		how  Cut
		want error
	}{
		"reset": {Reset, syscall.ECONNRESET},
		"close": {Close, nil}, // io.Copy takes an EOF as the end
	} {
		t.Run(name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			p := proxy(t, l.Addr().String())
			dial(t, p)
			server, err := l.Accept()
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			eventually(t, "the link is there", func() bool { return p.Open() == 1 })
			p.Cut(tc.how)
			_ = server.SetDeadline(time.Now().Add(patience))
			if _, err := io.Copy(io.Discard, server); !errors.Is(err, tc.want) {
				t.Errorf("server read: %v, want %v", err, tc.want)
			}
		})
	}
}

func TestStall(t *testing.T) {
	p := proxy(t, echo(t))
	conn := dial(t, p)
	exchange(t, conn, "before")
	p.Stall()
	if _, err := io.WriteString(conn, "meanwhile"); err != nil {
		t.Fatal(err)
	}
	silent(t, conn)
	late := dial(t, p) // taken, but nobody answers
	if _, err := io.WriteString(late, "anyone?"); err != nil {
		t.Fatal(err)
	}
	silent(t, late)
	p.Resume()
	expect(t, conn, "meanwhile")
	expect(t, late, "anyone?")
}

func TestStalledLinkCanBeCut(t *testing.T) {
	p := proxy(t, echo(t))
	old := dial(t, p)
	exchange(t, old, "before")
	p.Stall()
	dial(t, p)
	eventually(t, "both are taken", func() bool { return p.Open() == 2 })
	p.Cut(Reset)
	if _, err := old.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("read: %v, want a reset", err)
	}
}

func TestFreeze(t *testing.T) {
	for name, tc := range map[string][]Way{"requests": {ToServer}, "answers": {ToClient}, "both": nil} {
		t.Run(name, func(t *testing.T) {
			p := proxy(t, echo(t))
			old := dial(t, p)
			exchange(t, old, "before")
			p.Freeze(tc...)
			if _, err := io.WriteString(old, "anyone?"); err != nil {
				t.Fatal(err)
			}
			silent(t, old)
			_ = old.(*net.TCPConn).CloseWrite()
			silent(t, old)
			exchange(t, dial(t, p), "a new one works")
			if n := p.Cut(Reset); n != 2 {
				t.Errorf("cut %d connections, want 2", n)
			}
			if _, err := old.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("read: %v, want a reset", err)
			}
		})
	}
}

func TestDelay(t *testing.T) {
	p := proxy(t, echo(t))
	conn := dial(t, p)
	const delay = 100 * time.Millisecond
	p.Delay(delay)
	start := time.Now()
	exchange(t, conn, "ping")
	if took := time.Since(start); took < 2*delay {
		t.Errorf("there and back took %v, want %v or more", took, 2*delay)
	}
	p.Delay(0)
	exchange(t, conn, "ping")
}

func TestLimit(t *testing.T) {
	p := proxy(t, echo(t))
	conn := dial(t, p)
	p.Limit(10_000)
	start := time.Now()
	exchange(t, conn, string(bytes.Repeat([]byte("x"), 1000)))
	if took := time.Since(start); took < 200*time.Millisecond {
		t.Errorf("1,000 bytes there and back at 10,000 a second took %v, want 0.2 s or more", took)
	}
}

func TestRefuse(t *testing.T) {
	p := proxy(t, echo(t))
	old := dial(t, p)
	exchange(t, old, "before")
	p.Refuse()
	if conn, err := net.Dial("tcp", p.Addr()); !errors.Is(err, syscall.ECONNREFUSED) {
		if err == nil {
			_ = conn.Close()
		}
		t.Errorf("dial: %v, want a refusal", err)
	}
	exchange(t, old, "the open one stays")
	if err := p.Admit(); err != nil {
		t.Fatal(err)
	}
	exchange(t, dial(t, p), "new ones work again")
}

func TestNobodyBehindTheProxy(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	target := l.Addr().String()
	_ = l.Close()
	conn, err := net.Dial("tcp", proxy(t, target).Addr())
	if err == nil { // else the reset came before the dial was done
		defer conn.Close()
		_ = conn.SetDeadline(time.Now().Add(patience))
		_, err = conn.Read(make([]byte, 1))
	}
	if !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("got %v, want a reset", err)
	}
}

func TestURL(t *testing.T) {
	p := proxy(t, "127.0.0.1:5672")
	if got, want := p.URL("amqp://guest:guest@127.0.0.1:5672/%2F"), "amqp://guest:guest@"+p.Addr()+"/%2F"; got != want {
		t.Errorf("URL is %s, want %s", got, want)
	}
}
