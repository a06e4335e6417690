package hub

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/namecache"
)

// pageSize is the number of names fetched in one call.
const pageSize = 5000

// FetchNames fetches all names of some kinds from the hub and writes them to the disk.
// It returns how many of each kind there are. Progress may be nil.
func FetchNames(ctx context.Context, api kojirpc.API, disk *namecache.Disk, kinds []namecache.Kind, progress io.Writer) (map[string]int, error) {
	w := &nameFetch{api: api, disk: disk, counts: map[string]int{}, progress: progress}
	err := w.run(ctx, kinds)
	return w.counts, errors.Join(err, w.diskTrouble())
}

// nameFetch fetches lists of names.
type nameFetch struct {
	api      kojirpc.API
	disk     *namecache.Disk
	progress io.Writer // nil: shows none
	counts   map[string]int
}

// page is one list of names under way.
type page struct {
	kind   namecache.Kind
	offset int
	rows   *kojirpc.Result[[]nameRow]
}

// nameRow holds what lists have of each thing; that of packages has names of its own.
type nameRow struct {
	ID          int64  `xmlrpc:"id"`
	Name        string `xmlrpc:"name"`
	PackageID   int64  `xmlrpc:"package_id"`
	PackageName string `xmlrpc:"package_name"`
}

func (w *nameFetch) run(ctx context.Context, kinds []namecache.Kind) error {
	var pages []*page
	for _, kind := range kinds {
		pages = append(pages, &page{kind: kind})
	}
	var errs []error
	for len(pages) > 0 {
		batch := kojirpc.NewBatch(w.api)
		for _, p := range pages {
			p.queue(batch)
		}
		if err := batch.Send(ctx); err != nil {
			return errors.Join(append(errs, err)...)
		}
		var more []*page
		for _, p := range pages {
			next, err := w.take(p)
			if err != nil {
				errs = append(errs, err)
			}
			if next != nil {
				more = append(more, next)
			}
		}
		pages = more
		w.showProgress()
	}
	return errors.Join(errs...)
}

// queue adds the call for a page to a batch.
func (p *page) queue(b *kojirpc.Batch) {
	queue := func(method, order string, named kojirpc.Named) {
		named["queryOpts"] = map[string]any{"order": order, "offset": p.offset, "limit": pageSize}
		p.rows = kojirpc.Add[[]nameRow](b, method, named)
	}
	switch p.kind {
	case namecache.User:
		queue("listUsers", "id", kojirpc.Named{})
	case namecache.Tag:
		queue("listTags", "id", kojirpc.Named{"perms": false})
	case namecache.Target:
		queue("getBuildTargets", "id", kojirpc.Named{})
	case namecache.Host:
		queue("listHosts", "id", kojirpc.Named{})
	case namecache.Package:
		queue("listPackagesSimple", "package_id", kojirpc.Named{})
	case namecache.BType:
		queue("listBTypes", "id", kojirpc.Named{})
	case namecache.Channel:
		p.rows = kojirpc.Add[[]nameRow](b, "listChannels") // it takes no options, and there are few
	}
}

// take writes a page down and returns the next one, if there is one.
func (w *nameFetch) take(p *page) (next *page, err error) {
	rows, err := p.rows.Get()
	if err != nil {
		return nil, err
	}
	now := time.Now()
	for _, row := range rows {
		w.disk.Write(p.kind, cmp.Or(row.ID, row.PackageID), cmp.Or(row.Name, row.PackageName), now)
	}
	w.counts[p.kind.String()] += len(rows)
	if p.kind == namecache.Channel || len(rows) < pageSize {
		return nil, nil
	}
	return &page{kind: p.kind, offset: p.offset + pageSize}, nil
}

func (w *nameFetch) showProgress() {
	if w.progress == nil {
		return
	}
	total := 0
	for _, n := range w.counts {
		total += n
	}
	_, _ = fmt.Fprintf(w.progress, "kojiwatch: %d names so far\n", total)
}

// diskTrouble is the error for names that could not be written.
func (w *nameFetch) diskTrouble() error {
	if n := w.disk.Stats().Failures; n > 0 {
		return fmt.Errorf("%d times writing to %s failed; is there room, and may this user write there?", n, cliutil.Visible(w.disk.Path()))
	}
	return nil
}
