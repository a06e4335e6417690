package atomicfile

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// lockPoll is the pause between attempts to get a lock that another process has.
const lockPoll = 250 * time.Millisecond

// Lock makes a file, or opens it, and locks it against other processes that do the same,
// until it is closed or the process ends. Waiting is called once if another one has it.
func Lock(ctx context.Context, path string, waiting func()) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := WaitLock(ctx, f, lockPoll, waiting); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// WaitLock locks a file or a folder. While another process has the lock, it tries again
// after each pause until ctx ends; waiting, if not nil, is called once in that case.
func WaitLock(ctx context.Context, file *os.File, pause time.Duration, waiting func()) error {
	for told := waiting == nil; ; told = true {
		err := TryLock(file)
		switch {
		case err == nil:
			return nil
		case !errors.Is(err, syscall.EWOULDBLOCK):
			return fmt.Errorf("lock %s: %w", file.Name(), err)
		case !told:
			waiting()
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return fmt.Errorf("wait for the lock of %s: %w", file.Name(), ctx.Err())
		}
	}
}

// TryLock locks a file or a folder; the error is EWOULDBLOCK if another process has
// the lock.
func TryLock(file *os.File) error {
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}
