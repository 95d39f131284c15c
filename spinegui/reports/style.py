"""How a report looks: calm, light or dark as the reader's system."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark; --page: #f6f7f8; --sheet: #fff; --ink: #22262b;
  --faint: #6b727b; --line: #e1e4e8; --accent: #0072b2; }
@media (prefers-color-scheme: dark) { :root { --page: #16181b; --sheet: #1e2125;
  --ink: #e6e8ea; --faint: #9aa0a6; --line: #33373d; --accent: #56b4e9; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, "Segoe UI", sans-serif; font-variant-numeric: tabular-nums; }
main { max-width: 1040px; margin: 0 auto; padding: 48px 24px 64px; }
h1 { font-size: 28px; font-weight: 600; margin: 0; letter-spacing: -0.01em; }
h2 { font-size: 18px; font-weight: 600; margin: 48px 0 12px; }
h3 { font-size: 15px; font-weight: 600; margin: 28px 0 8px; }
.lead { color: var(--faint); margin: 4px 0 28px; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(180px, 1fr)); gap: 12px; }
.card { background: var(--sheet); border: 1px solid var(--line); border-radius: 8px;
  padding: 14px 16px; }
.name { color: var(--faint); font-size: 13px; }
.value { font-size: 28px; font-weight: 600; line-height: 1.25; }
.range, small { color: var(--faint); font-size: 12px; }
small { display: block; font-weight: 400; }
table { width: 100%; border-collapse: collapse; background: var(--sheet); margin: 8px 0 16px;
  border: 1px solid var(--line); border-radius: 8px; border-spacing: 0; overflow: hidden; }
th, td { padding: 8px 16px; border-top: 1px solid var(--line); text-align: right;
  vertical-align: top; white-space: nowrap; }
thead th { border-top: 0; color: var(--faint); font-size: 12px; font-weight: 500; }
th:first-child { text-align: left; font-weight: 500; width: 45%; white-space: normal; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(320px, 1fr)); gap: 16px;
  margin: 8px 0 16px; }
.figures picture { justify-self: center; }
.figures img { display: block; width: 100%; max-width: 512px; border-radius: 8px;
  border: 1px solid var(--line); }
.dot { display: inline-block; width: 10px; height: 10px; border-radius: 5px; margin-right: 8px; }
.pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(440px, 1fr));
  gap: 16px; margin-top: 12px; align-items: start; }
.picture:has(svg.wide) { grid-column: 1 / -1; }
.picture { margin: 0; background: #0e1013; border: 1px solid var(--line); border-radius: 8px;
  overflow: hidden; }
.picture svg { display: block; width: 100%; max-height: 460px; }
.picture rect { fill: transparent; stroke-width: 1.5; vector-effect: non-scaling-stroke; }
.picture .false rect { stroke-dasharray: 5 3; }
.picture .region rect { stroke-width: 1; opacity: 0.6; }
.picture .missed rect { stroke-dasharray: 1.5 3; stroke-width: 2; }
.picture text { font-family: system-ui, sans-serif; font-weight: 600; }
figcaption { color: #9aa0a6; background: #16181b; font-size: 12px; padding: 8px 12px; }
figcaption b { color: #e6e8ea; font-weight: 500; margin-right: 6px; }
.key { margin-left: 16px; color: var(--faint); font-size: 13px; white-space: nowrap; }
.key i { display: inline-block; width: 14px; height: 12px; margin-right: 6px; vertical-align: -1px;
  border: 1.5px solid #56b4e9; }
.key i.false { border: 1.5px dashed #d55e00; }
.key i.missed { border: 2px dotted #c9bb00; }
li { margin: 4px 0; color: var(--faint); }
.note { color: var(--faint); font-size: 13px; margin: 4px 0 8px; }
.crops th, .crops td { text-align: left; white-space: normal; border-left: 1px solid var(--line); }
.crops th:first-child { width: 1%; white-space: nowrap; border-left: 0; }
.crops td b { font-weight: 600; }
.crops td.right b { color: var(--accent); }
.crops td.none b { color: var(--faint); font-weight: 400; }
.crops td div { display: flex; flex-wrap: wrap; gap: 4px; margin-top: 4px; }
.crops img { width: 56px; height: 56px; border-radius: 4px; background: #0e1013; }
.crops .wrong img { outline: 2px solid #d55e00; outline-offset: -2px; }
.models { display: grid; grid-template-columns: repeat(auto-fit, minmax(360px, 1fr)); gap: 12px; }
.model { background: var(--sheet); border: 1px solid var(--line); border-radius: 8px;
  padding: 4px 16px 12px; min-width: 0; }
.model h3 { margin-top: 12px; }
.model h3 span { color: var(--faint); font-weight: 400; }
.warning { margin: 0 0 8px; padding-left: 10px; border-left: 3px solid #d55e00; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; margin: 8px 0;
  font-size: 13px; }
.facts dt { color: var(--faint); }
.facts dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
code, pre { font-family: ui-monospace, "SF Mono", Consolas, monospace; font-size: 12px; }
pre { margin: 0; white-space: pre-wrap; }
@media print { body { background: #fff; } .card, table { break-inside: avoid; } }
"""
