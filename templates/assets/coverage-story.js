// One unit's story as elements. Fields stand in the order in which agent/reports/stories.py writes them.
const tellStory = (() => {
  "use strict";
  const { make, state, head, named, cell } = coverage;
  const grid = (title, headings, rows) => {
    if (!rows.length) return null;
    const top = make("tr", {}, ...headings.map((text) => make("th", { scope: "col" }, text)));
    const lines = rows.map((cells) => make("tr", {}, ...cells.map((each) => make("td", {}, each))));
    return make("section", {}, make("h3", {}, title),
      make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": title },
        make("table", {}, make("thead", {}, top), make("tbody", {}, ...lines))));
  };
  const pairs = (title, entries) => make("section", {}, make("h3", {}, title),
    make("dl", { class: "pairs" }, ...entries.filter(([, text]) => text !== "").map(([label, text]) =>
      make("div", {}, make("dt", {}, label), make("dd", {}, text)))));
  const note = (text) => (text ? make("p", { class: "small soft" }, text) : null);
  const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);
  const proof = (places) => places.split(" ").filter(Boolean).map((place) => `E${Number(place) + 1}`).join(" ");
  const words = (text) => text.replaceAll("_", " ");
  const STATUS = { open: ["open", "bad"], not_reviewed: ["not known", "unknown"], not_a_finding: ["passed", "good"] };
  const TONES = { critical: "bad", high: "bad", medium: "warn" };
  const worst = ["critical", "high", "medium", "low", "info"];
  const status = (name) => state(...(STATUS[name] ?? [words(name), "none"]));
  const verdictTone = (verdict) => (verdict === "" ? "good"
    : verdict === "cannot tell" ? "unknown" : verdict === "mitigated by SMU" ? "warn" : "bad");

  const patching = (posture, answers) => {
    const [software, version, headline, action, hardware, stream, entitlement, end, last, group, reasons, evidence] = posture;
    const due = (answer) => /\d{4}-\d{2}-\d{2}/.exec(answer[10])?.[0] ?? "~";
    const unsettled = answers.filter((answer) => answer[7] !== "")
      .sort((a, b) => (due(a) < due(b) ? -1 : due(a) > due(b) ? 1 : 0));
    const settled = answers.filter((answer) => answer[7] === "");
    return make("section", {},
      make("h3", {}, `Can ${software} ${version || "of unknown release"} be patched?`),
      make("p", {}, make("strong", { class: "mono" }, headline), `: ${action}.`),
      make("ul", { class: "plain" }, ...reasons.map((reason, place) =>
        make("li", {}, make("strong", {}, ["Hardware", "Stream", "Entitlement"][place], " "),
          `${[hardware, stream, entitlement][place]}: ${reason}`))),
      note([end && `Security fixes for the running train end on ${end}.`, last && `The last for anything it can run end on ${last}.`,
        group && `Group ${group}.`, evidence && `Evidence ${proof(evidence)}.`].filter(Boolean).join(" ")),
      grid(`Advisories that are open: ${unsettled.length}`,
        ["CVE", "Severity", "Verdict", "Do", "Fixed in", "Deadline", "Reason"],
        unsettled.map(([cve, advisory, severity, kev, outcome, reason, stale, verdict, doing, fixed, deadline]) => [
          make("span", {}, make("span", { class: "mono" }, cve), make("br"), make("span", { class: "small soft" }, advisory)),
          make("span", {}, state(severity || "not stated", TONES[severity] ?? "none"), kev ? make("strong", { class: "small" }, " exploited") : ""),
          state(verdict, verdictTone(verdict)), words(doing), fixed, deadline,
          `${sentence(words(outcome))}: ${reason}${stale ? " (by data beyond its age limit)" : ""}`])),
      settled.length ? make("details", {}, make("summary", {}, `Advisories that are settled: ${settled.length}`),
        make("ul", { class: "plain small" }, ...settled.map((answer) =>
          make("li", {}, make("span", { class: "mono" }, answer[0]), ` ${words(answer[4])}: ${answer[5]}`)))) : null);
  };

  const compose = (row, told, answers) => {
    const [reason, sightings, unreached, lines, matches, dates, match, postures, groups, evidence] = told;
    const findings = groups.flat();
    const asked = findings.filter((finding) => finding[1] !== "not_applicable");
    const place = (finding) => Object.keys(STATUS).indexOf(finding[1]) * 10 + worst.indexOf(finding[2]);
    asked.sort((a, b) => place(a) - place(b));
    const beside = findings.filter((finding) => finding[1] === "not_applicable").map((finding) => finding[0]);
    return [
      make("p", { class: "states" }, ...["record", "cover", "support", "patch"].filter((key) => cell(named[key], row)).map((key) =>
        make("span", {}, make("span", { class: "small soft" }, `${named[key].label} `), state(cell(named[key], row), named[key].tones[cell(named[key], row)])))),
      make("p", {}, `${sentence(reason)}.`, cell(named.next, row) ? make("span", {}, " Do next: ", make("strong", {}, cell(named.next, row)), ".") : ""),
      unreached.length ? make("p", {}, make("strong", {}, "Host not read: "), `${words(unreached[0])}: ${unreached[1]}`) : null,
      grid("Seen", ["Host", "Place", "Kind", "Role", "PID, VID", "Version", "As printed", "Notes", "Evidence"],
        sightings.map((cells) => [...cells.slice(0, 8), proof(cells[8])])),
      grid("Paid for", ["Contract", "Level", "From", "Until", "TAC", "RMA", "OS software", "Order PID", "Site", "Evidence"],
        lines.map(([contract, level, from, until, tac, rma, os, pid, site, doubt, by]) => [
          `${contract || "no number"}${doubt ? " (may be another product)" : ""}`, level || "not stated", from || "not stated",
          until, tac, rma, os, pid, site, proof(by)])),
      ...matches.map(([observed, matched, step]) => note(`PID ${observed} matched ${matched || "nothing"}: ${step}`)),
      dates.length ? pairs(`Lifecycle of ${dates[0]}`, dates[4].map((day, index) => [head.milestones[index], day])) : null,
      match.length ? note(`PID ${match[0]} matched ${match[1] || "nothing"}: ${match[2]}`) : null,
      dates.length ? make("p", { class: "small soft" }, dates[1] ? "Bulletin " : "",
        dates[2] ? make("a", { href: dates[2], rel: "noreferrer noopener" }, dates[1] || dates[2]) : dates[1], ` Evidence ${proof(dates[3])}.`) : null,
      ...postures.map((posture) => patching(posture, answers.get(posture[12]))),
      grid("Findings, passes included", ["Rule", "Status", "Severity", "Reason", "By", "Waiver", "Evidence"],
        asked.map(([rule, name, severity, why, due, waiver, by]) => [
          make("span", { class: "mono" }, rule), status(name), name === "open" ? severity : "", why.replaceAll("\ue000", cell(named.host, row)), due, waiver, proof(by)])),
      note(beside.length ? `Not applicable: ${beside.join(", ")}.` : ""),
      evidence.length ? make("section", {}, make("h3", {}, "Evidence"), make("ol", { class: "proof small" },
        ...evidence.map(([source, command, collected, hash]) => make("li", {}, `${source} `, make("code", {}, command),
          collected ? `, ${collected}` : "", ", sha256 ", make("code", {}, hash))))) : null,
    ].filter((each) => each !== null);
  };

  return compose;
})();
