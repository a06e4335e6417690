package deadletter

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/kojiwatch/kojiwatch/internal/atomicfile"
)

// lockPoll is the pause between attempts to get a lock that another process has.
const lockPoll = 10 * time.Millisecond

// openLocked opens a file and locks it until it is closed. If the former holder of the lock
// has replaced the file, it opens the new one.
func openLocked(ctx context.Context, open func() (*os.File, error)) (*os.File, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		file, err := open()
		if err != nil {
			return nil, err
		}
		if err := atomicfile.WaitLock(ctx, file, lockPoll, nil); err != nil {
			return nil, errors.Join(err, file.Close())
		}
		if current(file) {
			return file, nil
		}
		if err := file.Close(); err != nil {
			return nil, err
		}
	}
}

// current reports whether a file still has its name.
func current(file *os.File) bool {
	own, err := file.Stat()
	named, err2 := os.Stat(file.Name())
	return err == nil && err2 == nil && os.SameFile(own, named)
}
