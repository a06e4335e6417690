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

// letterFile takes letters out of a file of dead letters, to which others may append
// all the while: the [FileWriter] of a daemon. One goroutine at a time may use it.
type letterFile struct {
	path   string
	folder *os.File // locked against other processes
	file   *os.File // nil: there is none
	reader *recording.Reader
	taken  bool
}

// openLetterFile opens the file at a path, which need not be there. One process at a
// time works on a folder, else the error is [ErrBusy].
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

// open opens the file for what is in it now, all of which was written to its end.
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

// next returns the next letter, of those that were there when the file was opened;
// after the last the error is io.EOF. A *recording.LineError is about one line only, which
// stays, and the next call goes on behind it.
func (f *letterFile) next() (*fileLetter, error) {
	letter, err := f.reader.NextDead()
	if err != nil {
		return nil, err
	}
	return &fileLetter{letter, f.reader.Offset()}, nil
}

// take takes a letter out, for good: when it returns nil, that is on the disk.
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

// close puts in the file's place one without the letters that were taken. Should
// that fail, they are marked in the old one and gone all the same.
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

// compact copies what is left, in one step as others see it. They cannot append
// meanwhile.
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

// giveRights gives a file the owner and the rights of another, whose daemon must be
// able to append to it.
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
