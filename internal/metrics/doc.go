// Package metrics turns what the other packages count into Prometheus metrics,
// all of which begin with kojiwatch_; docs/metrics.md lists them.
//
// There are two ways to a metric, and both take the [prometheus.Registerer] from
// the caller; nothing is registered by itself.
//
// A package that keeps count of what it does returns the counts from a method
// Stats and knows nothing of Prometheus. Here is a collector that reads them when
// a scrape comes ([Consumer], [Hub], [Names], [Enrichment]).
//
// What has to be measured as it happens, such as how long something took, is a
// small struct of metrics that is made with a registerer and handed to whoever
// measures ([NewEvents], [NewHubRequests]).
//
// Metrics of one sink are registered through [ForSink], which labels them and
// takes them away again when the sink goes.
package metrics
