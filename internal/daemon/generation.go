package daemon

import (
	"crypto/sha256"
	"fmt"
	"os"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/config/values"
	"github.com/kojiwatch/kojiwatch/internal/pipeline"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
	"github.com/kojiwatch/kojiwatch/parse"
	"github.com/kojiwatch/kojiwatch/sinks"
	"github.com/kojiwatch/kojiwatch/sinks/stdout"
)

// generation holds what a reload can replace while deliveries go
// through a pipeline: how they are read, which of them pass, and where to.
type generation struct {
	all      *config.Config
	config   *config.Sink
	files    [sha256.Size]byte // of the files that the sink was made of
	parser   *parse.Parser
	sink     sinks.Sink         // as configured, to be closed
	filtered *pipeline.Filtered // before it
}

// newGeneration makes the generation of a sink. The one before, if there is one, hands
// down the sink if that has not changed.
func newGeneration(c *config.Config, s *config.Sink, common *shared, m *sinkMetrics, before *generation) (*generation, error) {
	next := &generation{all: c, config: s, files: digest(filesOf(s)), parser: pipeline.NewParser(c, s)}
	around := sinkbuild.Deps{Streams: common.streams, Logs: common.logs, Observe: m.observer(s), Tracer: common.tracer}
	var err error
	if next.sink, err = next.sinkAfter(before, around); err != nil {
		return nil, err
	}
	next.filtered, err = pipeline.NewFiltered(c, s, common.limit.Count(&pipeline.MeasuredSink{
		Sink: pipeline.Traced(next.sink, s.Name, common.tracer), Events: m.events,
	}))
	if err != nil {
		return nil, fmt.Errorf("sink %s: %w", s.Name, err)
	}
	return next, nil
}

// sinkAfter is the sink of the generation before, with its connections, if it need not
// be another.
func (s *generation) sinkAfter(before *generation, around sinkbuild.Deps) (sinks.Sink, error) {
	if before == nil {
		return sinkbuild.New(s.all, s.config, around)
	}
	if !s.anotherSink(before) {
		return before.sink, nil
	}
	if old, ok := before.sink.(*stdout.Sink); ok && s.config.Stdout != nil {
		return old.As(sinkbuild.StdoutForm(s.config.Stdout, around.Streams.Out)), nil
	}
	return sinkbuild.New(s.all, s.config, around)
}

func (s *generation) anotherSink(before *generation) bool {
	return len(s.config.TypeChanges(before.config)) > 0 || s.files != before.files ||
		s.config.Type == config.SinkAMQP && brokerChanged(s.all, before.all)
}

// paced is a sink that keeps its messages apart.
type paced interface{ Pace() *sinks.Pace }

// inherit takes over what the generation before has counted and remembered, and when
// its last message went out.
func (s *generation) inherit(before *generation) {
	s.filtered.Inherit(before.filtered, s.config.Filter.Dedup == before.config.Filter.Dedup)
	next, ok := s.sink.(paced)
	if last, was := before.sink.(paced); ok && was && next != last {
		next.Pace().Follow(last.Pace())
	}
}

// close lets go of the sink, unless the generation that follows has it, too.
func (s *generation) close(after *generation) error {
	if after != nil && after.sink == s.sink {
		return nil
	}
	return s.sink.Close()
}

// filesOf are the files that a sink is made of, besides the configuration.
// Secrets are not among them: they are read anew each time.
func filesOf(s *config.Sink) []string {
	var files []string
	var template string
	var t values.TLS
	switch {
	case s.Webhook != nil:
		template, t = s.Webhook.TemplateFile, s.Webhook.HTTPTLS
	case s.Email != nil:
		template, t = s.Email.TemplateFile, s.Email.SMTPTLS
	}
	for _, path := range []string{template, t.CAFile, t.CertFile, t.KeyFile} {
		if path != "" {
			files = append(files, path)
		}
	}
	return files
}

// digest shows whether files hold what they held before. One that cannot be read
// counts by the reason.
func digest(files []string) (sum [sha256.Size]byte) {
	h := sha256.New()
	for _, path := range files {
		info, err := os.Stat(path)
		var text []byte
		if err == nil && info.Mode().IsRegular() && info.Size() <= sinkbuild.MaxTemplate {
			text, err = os.ReadFile(path)
		}
		_, _ = fmt.Fprintf(h, "%q %v %q\n", path, err, text)
	}
	return [sha256.Size]byte(h.Sum(nil))
}
