# 程序以英文给出的错误信息的译文；英文原文在各错误类型中。

## 手动设定标志点
error-landmark-side-missing = “{ $landmark }”左右各有一个：请指明侧别（left 或 right）
error-landmark-side-given = “{ $landmark }”位于正中：请不要指明侧别
error-landmark-not-finite = 位置 { $position } 无效：请给出三个有限的数值（LPS，mm）
error-landmark-no-bone = 无法设定“{ $landmark }”：扫描范围内没有它所在的骨骼
error-landmark-too-far = 无法设定“{ $landmark }”：距{ $from } { $distance } mm，最多允许 { $furthest } mm
landmark-far-from-found = 自动识别的位置
landmark-far-from-bone = 它所在的骨骼

## 测量
error-hip-bone-missing = 缺少{ $side }髋骨：骨盆前平面需要双侧髋骨；请标注该骨，或扫描整个骨盆
error-no-hip = 没有可测量的髋关节：任何一侧都不同时具备髋骨与股骨；请检查骨骼分割
error-pelvic-plane = 未能确定骨盆前平面：{ $reason }；请确认扫描包含自髂前上棘至耻骨的骨盆，且方位正确
error-plane-sides = 左髋骨不在患者左侧
error-plane-no-wing-or-pubis = 髂骨翼或耻骨不在扫描范围内
error-plane-no-wing = 髂骨翼不在扫描范围内
error-plane-no-pubis = 耻骨不在扫描范围内
error-plane-one-line = 其各点位于一条直线上
error-plane-unsettled = 其各点始终无法稳定
error-head = 未能找到{ $side }股骨头：{ $reason }；请检查{ $side }股骨与髋骨的分割
error-head-far-from-hip-bone = 股骨距髋骨超过 12 mm
error-head-no-sphere = 最靠近髋臼的 { $points } 个点不在半径 14 至 36 mm 的球面上
error-head-no-model = 形状模型无法与该股骨拟合
error-head-no-sphere-by-model = 在形状模型的股骨头处，该股骨没有位于半径 14 至 36 mm 球面上的部分
error-acetabulum = 未能找到{ $side }髋臼：{ $reason }；请检查{ $side }髋骨的分割
error-socket-no-sphere = 股骨头周围的骨面不是球面
error-socket-nothing-faces = 没有朝向股骨头的骨面
error-socket-little-rim = 扫描范围内的髋臼缘过少
error-measuring-cancelled = 测量已取消

## 骨骼表面
error-bones = 未进行任何测量，原因：{ $faults }
error-bone-empty = { $bone }：表面没有任何三角形；应为该骨的完整表面
error-bone-open = { $bone }：表面未闭合，有 { $edges } 条边只属于一个三角形，或属于朝向相反的三角形；应为所有三角形均朝外的闭合表面；请在网格编辑软件中补洞并统一法线方向
error-bone-inverted = { $bone }：表面内外翻转，三角形朝内，所围体积为 { $volume } ml；从外侧看三角形顶点应为逆时针顺序；请翻转法线，若该骨被镜像过，请还原
error-bone-turned = { $bone }：相对 LPS 坐标轴（x 向患者左侧，y 向后，z 向上）旋转了 { $turn }°；请将文件转到 LPS 或 RAS 坐标轴
error-bone-turned-about-z = { $bone }：相对 LPS 坐标轴（x 向患者左侧，y 向后，z 向上）旋转了 { $turn }°；坐标很可能是 RAS 而被当作 LPS，或相反（--space）
error-bone-sides-swapped = { $left }与{ $right }：左侧骨位于右侧骨的右方 { $apart } mm 处；应为 LPS 坐标，左侧 x 较大；文件左右对调、被镜像，或使用 RAS 坐标（--space ras）

## 计划
error-no-hip-to-plan = 没有可供规划的{ $side }髋关节测量结果。{ $reason } 请检查侧别与该髋关节的分割，或使用能显示其髋臼与股骨头的扫描
error-other-side-unknown = 未测量到{ $side }髋关节小转子以下的部分，无法使下肢长度与偏心距与之一致；请以扫描状态（as-scanned）或以毫米数值为目标
error-osteotomy = 无法规划{ $side }股骨截骨：{ $fault }
error-osteotomy-no-femur = 扫描范围内的股骨过少
error-osteotomy-no-trochanter = 未找到小转子，无法计算截骨高度
error-osteotomy-scan-ends = 扫描在小转子以下 { $level } mm 的截面之前结束
error-osteotomy-no-border = 以骨缘为铰链需要股骨表面；没有时请绕股骨干轴线倾斜
error-osteotomy-step-turned = 阶梯截骨的两半只有在不旋转、不倾斜时才能对合；请采用横行或斜行截骨
error-osteotomy-out-of-range = { $name } 为 { $value }，必须在 { $from } 与 { $to } 之间
error-nothing-to-implant = 假体目录“{ $catalogue }”中没有所需的假体（{ $kind }）；请补充，或选择其他目录
error-unknown-family = 假体目录“{ $catalogue }”中没有系列“{ $family }”；现有：{ $there }；请指定其中之一，或由目录决定
error-unknown-implant = 计划使用了{ $kind }“{ $id }”，假体目录“{ $catalogue }”中没有；请用制定该计划时的目录打开
error-other-catalogue = 计划 { $number } 使用目录 { $made-with }（SHA-256 { $made-with-sha256 }）制定，现有目录为 { $found }（SHA-256 { $found-sha256 }）：请用该计划所用的目录打开（命令行用 --catalogue 指定）
error-doubtful = { $side }髋关节的骨骼分割过于可疑，无法据此规划：{ $reasons }；请查看分割（coxa segment），修正或选择其他序列，或以 --accept-doubtful 接受；未写入任何内容
error-no-slice-plane = { $side }股骨的轴线未能测量，因此没有沿股骨的切面
error-labels-on-another-grid = { $path } 与 CT 的网格不一致：分割与 CT 的尺寸、体素间距、原点和方向必须相同
error-bone-gone = { $case } 中有{ $bone }的表面，而分割中已没有该骨；未写入任何内容。请规划到另一文件夹：coxa plan CASE/volume.nii.gz --labels CASE/labels.nii.gz --side … --out NEW
error-file-not-written = 无法写入文件：{ $reason }；请检查权限与剩余空间
error-cancelled = 已取消；未写入任何内容

## 病例文件
error-not-a-case = { $path } 中有文件，但没有 case.ron，因此不是病例；请选择新文件夹或空文件夹
error-case-missing = { $path } 不存在；请先建立病例，或检查路径
error-case-unreadable = 无法读取 { $path }：{ $reason }；请检查磁盘与权限
error-case-not-written = 无法写入 { $path }：{ $reason }；请检查磁盘与权限
error-case-full = 没有剩余空间，无法写入 { $path }：{ $reason }；原有内容保持不变，请腾出空间后重试
error-case-read-only = 不允许写入 { $path }：{ $reason }；原有内容保持不变，请获取该处的写入权限，或将病例复制到自己的文件夹
error-case-syntax = { $path } 第 { $line } 行第 { $column } 列格式有误：{ $reason }；请从备份恢复，或重新建立病例
error-case-kind = { $path } 的文档类型为“{ $found }”，应为“{ $expected }”；可能被复制到了错误的位置
error-case-newer = { $path } 由较新的程序写入（格式版本 { $found }，本程序支持到 { $known }）；请用该程序打开
error-case-version = { $path } 的格式版本为 { $found }，没有任何程序写过这个版本；请从备份恢复
error-plan-approved = { $path } 已获批准，不能更改或替换；请将修改另存为新计划，或将病例存到另一文件夹
error-case-edited = { $path } 中有手工修正的分割、手动设定的标志点或手工修改的方案，不会被替换；请选择其他文件夹
error-approval-broken = { $path } 在批准后被更改：与批准时的哈希值不符；请勿使用，请从备份恢复
error-path-outside = “{ $path }”不是病例内的普通路径；请使用不含“..”且不以“/”开头的名称
error-plan-changed = { $path } 与写入时不符（日志第 { $entry } 条）：已损坏，或被其他方式更改；请勿使用，请从备份恢复
error-plan-foreign = { $path } 不在日志的任何一条中，因此不是在本病例中写入的；请勿使用，请将其移出文件夹
error-case-locked = 另一程序正在写入 { $path }（{ $holder }）；此间可以查看，请待该程序完成后再更改
error-case-meanwhile = { $path } 已被另一程序更改；请重新打开病例查看，然后再次更改
error-case-journal = 日志 { $path } 不成立：{ $reason }；请从备份恢复病例
error-case-edits = { $path } 与手工修正记录不相符：{ $reason }；请从备份恢复病例，或重新建立
error-case-landmark = { $path } 不成立：{ $reason }；请更正，或删除该文件以恢复自动识别的标志点
error-rehearsal-read = 无法读取软组织设置 { $path }：{ $reason }；请检查路径与权限
error-rehearsal-syntax = 软组织设置 { $path } 第 { $line } 行第 { $column } 列格式有误：{ $reason }；请更正该行
error-rehearsal-content = 软组织设置 { $path } 无法使用：{ $problem }；请更正该条目
error-rehearsal-approach = 没有入路“{ $wanted }”；可用的有 { $known }
error-rehearsal-structure = 没有可松解的韧带或肌肉“{ $wanted }”；可用的有 { $known }
error-rehearsal-no-stem = 方案 { $plan } 没有股骨柄，或其股骨未测量：没有可脱位的股骨头
error-rehearsal-weight = 体重 { $found } 千克无法计算；请给出 20 至 300 千克
error-rehearsal-no-path = “{ $activity }”不是姿势路径，而是部件须允许的活动弧；请选择有路径的动作

## 手工修正标签
error-case-edit = 第 { $number } 项修正（共 { $of } 项，{ $name }）被拒绝，未作任何更改：{ $reason }
error-labels-not-finite = 位置 ({ $x }, { $y }, { $z }) 无效：请给出三个有限的数值（LPS，mm）
error-labels-radius = 半径为 { $found } mm；须大于 0，且不超过 { $most } mm
error-labels-sigma = 平滑的标准差为 { $found } mm；须大于 0，且不超过 { $most } mm
error-labels-no-stroke = 笔画中没有点；至少需要一个
error-labels-empty-box = 长方体的下限大于上限；请交换两角
error-labels-no-normal = 平面的法线没有长度；请给出方向
error-labels-leaves-slice = 笔画离开了所在层面（第 { $first } 层与第 { $other } 层）；请逐层修正，或使用球形画笔
error-labels-range = 密度范围为 { $low } 至 { $high } HU；请先给出较小的值
error-labels-outside = 该处在扫描范围之外；请在扫描范围内选点
error-labels-no-bone = “背景”不是骨骼，不能填充、平滑、分割或移动；请指明骨骼
error-labels-same = 修正前后均为{ $label }；请选择两个不同的标签
error-labels-other = 该点位于{ $found }，而不是{ $expected }；请在该块内选点
error-labels-seed = 所选点不在其区域或密度范围内（该处为 { $hu } HU）；请移动该点，或放宽范围
error-labels-side = 将成为{ $label }的部分全部位于{ $middle }中线另一侧至少 { $beyond } mm 处，即患者的另一侧；请选择该侧的标签
error-labels-unknown = 标签图中有编号 { $id }，不是 Coxa 的标签（0 至 13）；请更正其来源文件
error-labels-grid = 标签与 CT 不在同一网格上：大小、间距、原点和方向必须相同
error-labels-state = 标签与当时不同，无法撤销或重做：已被其他方式更改
middle-sacrum = 骶骨
middle-both-sides = 两侧骨骼
middle-other-side = 对侧骨骼
