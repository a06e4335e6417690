//go:build integration

package rig

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/integration/rig/proc"
	"github.com/kojiwatch/kojiwatch/integration/rig/rabbit"
)

func TestPrivateBrokerComesBack(t *testing.T) {
	b := PrivateBroker(t)
	conn, ch := connect(t, b.URL(), "consumer")
	queue(t, ch, "q")
	p := Publisher(t, b.VHost)
	p.Persistent = true
	if err := p.Publish(t.Context(), sample(t)...); err != nil {
		t.Fatal(err)
	}
	want := rabbit.QueueStats{Name: "q", Type: "classic", Ready: len(sample(t))}

	closed := conn.NotifyClose(make(chan *amqp.Error, 1))
	if err := b.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-closed; err == nil {
		t.Error("the client was not disconnected")
	}
	if err := holds(t.Context(), b.VHost, want); err != nil {
		t.Errorf("after the restart: %v", err)
	}

	b.Kill()
	if _, err := amqp.Dial(b.URL()); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("the killed broker answers: %v", err)
	}
	if err := b.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := holds(t.Context(), b.VHost, want); err != nil {
		t.Errorf("after the crash: %v", err)
	}
	if err := b.Start(t.Context()); err == nil {
		t.Error("a running broker was started again")
	}
}

func TestPrivateBrokerIsConfigured(t *testing.T) {
	b := PrivateBroker(t, rabbit.WithConfig("consumer_timeout = 12345"), rabbit.WithPlugins("rabbitmq_auth_mechanism_ssl"))
	out, err := b.Ctl(t.Context(), "eval", "application:get_env(rabbit, consumer_timeout).")
	if err != nil || !strings.Contains(string(out), "12345") {
		t.Errorf("the timeout is %s, %v", out, err)
	}
	out, err = b.Ctl(t.Context(), "eval", "[A || {A, _, _} <- application:which_applications()].")
	if err != nil {
		t.Fatal(err)
	}
	for _, plugin := range []string{"rabbitmq_auth_mechanism_ssl", "rabbitmq_amqp1_0", "rabbitmq_management"} {
		if !strings.Contains(string(out), plugin) {
			t.Errorf("plugin %s does not run", plugin)
		}
	}
	if _, err := b.Ctl(t.Context(), "nonsense"); err == nil || !strings.Contains(err.Error(), "rabbitmqctl nonsense") {
		t.Errorf("got %v, want that there is no such command", err)
	}
}

func TestBrokerThatWillNotStartShowsItsLog(t *testing.T) {
	_, err := current.launch(t.Context(), rabbit.WithConfig("no_such_setting = 1"))
	if err == nil || !strings.Contains(err.Error(), "no_such_setting") {
		t.Errorf("got %v, want the broker's error", err)
	}
}

func TestBrokerLeavesNothingBehind(t *testing.T) {
	var dir string
	t.Run("inner", func(t *testing.T) {
		b := PrivateBroker(t)
		dir = b.server.Dir()
		if len(processesOf(t, dir)) == 0 {
			t.Fatal("found no process while the broker runs")
		}
		if containers() {
			return // the process ends once the container is removed
		}
		out, err := b.Ctl(t.Context(), "eval", `mnesia:system_info(directory).`)
		if err != nil {
			t.Fatal(err)
		}
		if data := strings.Trim(strings.TrimSpace(string(out)), `"`); !strings.HasPrefix(data, dir) {
			t.Errorf("its data is in %s, not in %s", data, dir)
		}
	})
	if !strings.HasPrefix(dir, current.dir) {
		t.Errorf("it works in %s, not in %s", dir, current.dir)
	}
	Eventually(t, patience, func() error { return nobodyIn(t, dir) })
}

// nobodyIn returns an error while processes use a folder. The server's helper processes
// take a moment to notice that it has ended.
func nobodyIn(t *testing.T, dir string) error {
	t.Helper()
	if left := processesOf(t, dir); len(left) > 0 {
		return errors.New("left behind: " + strings.Join(left, "\n"))
	}
	return nil
}

// processesOf returns the processes whose working directory is in a folder or that have
// it in their environment.
func processesOf(t *testing.T, dir string) []string {
	t.Helper()
	folders, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, folder := range folders {
		if filepath.Base(folder) == strconv.Itoa(os.Getpid()) {
			continue
		}
		environ, _ := os.ReadFile(folder + "/environ") // gone meanwhile, or another user's
		cwd, _ := os.Readlink(folder + "/cwd")
		if !bytes.Contains(environ, []byte("="+dir)) && !strings.HasPrefix(cwd, dir) {
			continue
		}
		cmdline, _ := os.ReadFile(folder + "/cmdline")
		found = append(found, filepath.Base(folder)+" "+string(bytes.ReplaceAll(cmdline, []byte{0}, []byte{' '})))
	}
	return found
}

func TestInterruptedTestsLeaveNothing(t *testing.T) {
	path := filepath.Join(TempDir(t), "interrupted.test")
	out, err := exec.Command("go", "test", "-c", "-o", path, "./testdata/interrupted").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for name, tc := range map[string]struct {
		signal syscall.Signal
		clean  bool // files are removed, too
	}{
		"Ctrl-C": {syscall.SIGINT, true},
		"TERM":   {syscall.SIGTERM, true},
		"KILL":   {syscall.SIGKILL, false},
	} {
		t.Run(name, func(t *testing.T) {
			var stderr proc.Lines
			cmd := exec.Command(path)
			cmd.Env = append(os.Environ(), "TMPDIR="+TempDir(t))
			cmd.Stderr = &stderr
			inner, err := proc.Start(cmd)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(inner.Kill)
			line, err := stderr.WaitFor(t.Context(), inner.Done(), regexp.MustCompile("^running in "))
			if err != nil {
				t.Fatal(err)
			}
			dir := filepath.Dir(strings.TrimPrefix(line, "running in "))
			if n := len(processesOf(t, dir)); n == 0 || n == 1 && !containers() {
				t.Fatal("found no broker and epmd, nor the program that runs the container")
			}
			if err := inner.Signal(tc.signal); err != nil {
				t.Fatal(err)
			}
			<-inner.Done()
			Eventually(t, patience, func() error { return nobodyIn(t, dir) })
			if _, err := os.Stat(dir); tc.clean != errors.Is(err, os.ErrNotExist) {
				t.Errorf("the files: %v, want them removed: %t", err, tc.clean)
			}
		})
	}
}
