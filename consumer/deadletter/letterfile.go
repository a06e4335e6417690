package deadletter

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"github.com/kojiwatch/kojiwatch/consumer/message"
	"github.com/kojiwatch/kojiwatch/consumer/recording"
	"github.com/kojiwatch/kojiwatch/internal/atomicfile"
)

// ErrBusy reports that another process works on the dead letters of the same folder.
var ErrBusy = errors.New("another process works on the dead letters in this folder")

// letterFile takes letters out of a file of dead letters while the [FileWriter] of a daemon
// may append to it. One goroutine at a time may use it.
type letterFile struct {
	path   string
	folder *os.File // locked against other processes
	file   *os.File // nil: there is none
	reader *recording.Reader
	taken  bool
}

// openLetterFile opens the file at a path, which need not exist. It returns [ErrBusy] if
// another process works on the folder.
func openLetterFile(ctx context.Context, path string) (*letterFile, error) {
	f := &letterFile{path: path, reader: recording.NewReader(bytes.NewReader(nil))}
	var err error
	f.folder, err = os.Open(filepath.Dir(path))
	if errors.Is(err, os.ErrNotExist) {
		return f, nil
	}
	if err != nil {
		return nil, err
	}
	if err := atomicfile.TryLock(f.folder); err != nil {
		if errors.Is(err, syscall.EWOULDBLOCK) {
			err = ErrBusy
		}
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), f.folder.Close())
	}
	if err := f.open(ctx); err != nil {
		return nil, errors.Join(err, f.folder.Close())
	}
	return f, nil
}

// open opens the file and limits reading to its current size, which ends with a whole line.
func (f *letterFile) open(ctx context.Context) error {
	locked, err := openLocked(ctx, func() (*os.File, error) { return os.Open(f.path) })
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	info, err := locked.Stat()
	if err == nil {
		f.file, err = os.OpenFile(f.path, os.O_RDWR, 0)
	}
	if errors.Is(err, os.ErrPermission) { // whoever only looks needs no more
		f.file, err = os.Open(f.path)
	}
	if err := errors.Join(err, locked.Close()); err != nil {
		return err
	}
	f.reader = recording.NewReader(io.NewSectionReader(f.file, 0, info.Size()))
	return nil
}

// fileLetter is a dead letter in its file.
type fileLetter struct {
	message.DeadLetter
	at int64
}

// next returns the next letter of those that were in the file when it was opened, and io.EOF
// after the last. A *recording.LineError concerns one line, which stays in the file; the next
// call continues after it.
func (f *letterFile) next() (*fileLetter, error) {
	letter, err := f.reader.NextDead()
	if err != nil {
		return nil, err
	}
	return &fileLetter{letter, f.reader.Offset()}, nil
}

// take marks a letter as removed and syncs that to disk.
func (f *letterFile) take(letter *fileLetter) error {
	_, err := f.file.WriteAt([]byte{recording.Removed}, letter.at)
	if err == nil {
		err = f.file.Sync()
	}
	if err != nil {
		return fmt.Errorf("take a letter out of %s: %w", f.path, err)
	}
	f.taken = true
	return nil
}

// close replaces the file by one without the letters that were taken. If that fails, they
// stay marked as removed in the old one.
func (f *letterFile) close(ctx context.Context) error {
	var errs []error
	if f.taken {
		errs = append(errs, f.compact(ctx))
	}
	if f.file != nil {
		errs = append(errs, f.file.Close())
	}
	if f.folder != nil {
		errs = append(errs, f.folder.Close())
	}
	return errors.Join(errs...)
}

// compact replaces the file atomically by a copy without the removed letters. Others cannot
// append meanwhile.
func (f *letterFile) compact(ctx context.Context) error {
	old, err := openLocked(ctx, func() (*os.File, error) { return os.Open(f.path) })
	if errors.Is(err, os.ErrNotExist) {
		return nil // it was moved away
	}
	if err != nil {
		return err
	}
	err = atomicfile.Replace(f.path, func(fresh *os.File) error {
		return errors.Join(giveRights(fresh, old), copyLeft(fresh, old))
	})
	return errors.Join(err, old.Close())
}

// giveRights gives a file the owner and mode of another, so that the daemon can append to it.
func giveRights(fresh, old *os.File) error {
	info, err := old.Stat()
	if err != nil {
		return err
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		err = fresh.Chown(int(stat.Uid), int(stat.Gid))
	}
	return errors.Join(err, fresh.Chmod(info.Mode().Perm()))
}

// copyLeft copies the lines that were not taken.
func copyLeft(to io.Writer, from io.Reader) error {
	in, out := bufio.NewReaderSize(from, 64<<10), bufio.NewWriter(to)
	keep, fresh := true, true
	for {
		part, err := in.ReadSlice('\n')
		if fresh && len(part) > 0 {
			keep = part[0] != recording.Removed
		}
		if keep {
			_, _ = out.Write(part) // an error stays with the writer
		}
		fresh = err == nil
		switch {
		case errors.Is(err, io.EOF):
			return out.Flush()
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			return err
		}
	}
}
