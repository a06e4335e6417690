package metrics

import "github.com/prometheus/client_golang/prometheus"

// Sink registers the metrics of one sink, with the label sink. It is a
// [prometheus.Registerer] that remembers what it registered.
type Sink struct {
	prometheus.Registerer
	registered []prometheus.Collector
}

// ForSink returns a registerer for the metrics of the sink with a name.
func ForSink(to prometheus.Registerer, name string) *Sink {
	return &Sink{Registerer: prometheus.WrapRegistererWith(prometheus.Labels{"sink": name}, to)}
}

// Register implements prometheus.Registerer.
func (s *Sink) Register(c prometheus.Collector) error {
	err := s.Registerer.Register(c)
	if err == nil {
		s.registered = append(s.registered, c)
	}
	return err
}

// MustRegister implements prometheus.Registerer.
func (s *Sink) MustRegister(collectors ...prometheus.Collector) {
	for _, c := range collectors {
		if err := s.Register(c); err != nil {
			panic(err)
		}
	}
}

// Close takes the sink's metrics away.
func (s *Sink) Close() {
	for _, c := range s.registered {
		s.Unregister(c)
	}
	s.registered = nil
}
