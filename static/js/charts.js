// Draws every [data-ts-chart] from the JSON beside it. The library is fetched only where a chart is.
(() => {
  "use strict";

  const root = document.documentElement;
  const drawn = new Map();
  let library = null;

  const colour = (name) => getComputedStyle(root).getPropertyValue(`--ts-${name}`).trim();
  const plain = (value) => {
    // Canvas knows no light-dark(): let the browser settle the colour on an element first.
    const probe = document.createElement("i");
    probe.className = "ts-probe";
    probe.style.color = value;
    document.body.append(probe);
    const settled = getComputedStyle(probe).color;
    probe.remove();
    return settled;
  };
  const paint = (name) => plain(colour(name));

  function load(source) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = source;
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    });
  }

  async function fetchLibrary() {
    const meta = document.querySelector("meta[name=ts-charts]");
    await load(meta.content);
    if (root.lang.startsWith("zh")) await load(meta.dataset.tsWords);
  }

  function formatter(data) {
    const language = root.lang;
    if (data.format === "percent") {
      const format = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 2 });
      return { full: (value) => format.format(value), short: (value) => format.format(value) };
    }
    const money = data.format === "money" ? { style: "currency", currency: data.currency } : {};
    const full = new Intl.NumberFormat(language, money);
    const short = new Intl.NumberFormat(language, { ...money, notation: "compact", maximumFractionDigits: 1 });
    return { full: (value) => full.format(value), short: (value) => short.format(value) };
  }

  function option(data) {
    const format = formatter(data);
    const text = paint("ink-2");
    const line = paint("line");
    const palette = data.colours ? data.colours.map(paint) : data.kind === "donut" && data.grades
      ? data.labels.map((grade) => paint(`fill-${grade[0].toLowerCase()}`))
      : ["chart-1", "chart-2", "chart-3", "chart-4", "chart-5", "chart-6"].map(paint);
    const shared = {
      color: palette,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: text },
      animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      animationDuration: 300,
      aria: { enabled: true },
      tooltip: {
        renderMode: "richText",
        trigger: data.kind === "donut" ? "item" : "axis",
        axisPointer: { type: data.kind === "bar" ? "shadow" : "line" },
        backgroundColor: paint("surface"), borderColor: line, borderWidth: 1, padding: 12,
        textStyle: { color: paint("ink"), fontSize: 13 },
        valueFormatter: (value) => format.full(Number(value)),
      },
      legend: { show: data.series.length > 1 || data.kind === "donut", bottom: 0, icon: "roundRect",
        itemWidth: 10, itemHeight: 10, itemGap: 18, textStyle: { color: text, fontSize: 12 } },
    };
    return data.kind === "donut" ? donut(shared, data, format) : axes(shared, data, format, text, line);
  }

  function donut(shared, data, format) {
    const values = data.series[0].data.map(Number);
    const sum = values.reduce((total, value) => total + value, 0);
    const share = new Intl.NumberFormat(root.lang, { style: "percent", maximumFractionDigits: 1 });
    const named = (name) => {
      const value = values[data.labels.indexOf(name)];
      return `${name}  ${format.short(value)} · ${share.format(value / sum)}`;
    };
    const legend = { ...shared.legend, formatter: named, itemGap: 12 };
    return { ...shared, legend, series: [{
      type: "pie", radius: ["58%", "82%"], center: ["50%", "44%"], label: { show: false },
      itemStyle: { borderColor: paint("surface"), borderWidth: 2, borderRadius: 4 },
      data: data.labels.map((name, at) => ({ name, value: values[at] })),
    }] };
  }

  function axes(shared, data, format, text, line) {
    const series = data.series.map((each) => ({
      name: each.name, type: data.kind, stack: data.stacked ? "all" : undefined,
      data: each.data.map(Number), barMaxWidth: 28, showSymbol: false, smooth: 0.2,
      lineStyle: { width: 2, type: each.dashed ? "dashed" : "solid" },
      areaStyle: data.kind === "line" && data.series.length === 1 ? { opacity: 0.08 } : undefined,
      itemStyle: data.kind === "bar" && !data.stacked ? { borderRadius: [4, 4, 0, 0] } : {},
    }));
    return { ...shared, series,
      grid: { left: 4, right: 8, top: 16, bottom: data.series.length > 1 ? 40 : 8, containLabel: true },
      xAxis: { type: "category", data: data.labels, boundaryGap: data.kind === "bar",
        axisTick: { show: false }, axisLine: { lineStyle: { color: line } }, axisLabel: { color: text } },
      yAxis: { type: "value", splitLine: { lineStyle: { color: line } },
        axisLabel: { color: text, formatter: format.short } },
    };
  }

  async function draw(canvas) {
    const source = document.getElementById(canvas.dataset.tsChart);
    canvas.hidden = false;
    library ??= fetchLibrary();
    await library;
    drawn.get(canvas)?.dispose();
    const chart = echarts.init(canvas, null, {
      renderer: "canvas", locale: root.lang.startsWith("zh") ? "ZH" : "EN",
    });
    chart.setOption(option(JSON.parse(source.textContent)));
    drawn.set(canvas, chart);
  }

  const drawAll = (within) => within.querySelectorAll("[data-ts-chart]").forEach(draw);

  drawAll(document);
  document.addEventListener("htmx:load", (event) => drawAll(event.target));
  root.addEventListener("ts:theme", () => drawn.forEach((chart, canvas) => draw(canvas)));
  addEventListener("resize", () => drawn.forEach((chart) => chart.resize()));
})();
